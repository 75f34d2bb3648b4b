-- The ledger: runners, files, runs and their parts, answers and cramps, weather hours, fits, nightlies.
-- All instants are TIMESTAMP in UTC (docs/decisions/store.md, "Instants"). The only places here are cells of 0.1 degree.
CREATE SEQUENCE runner_no START 1;
CREATE SEQUENCE cramp_no START 1;
CREATE SEQUENCE fit_no START 1;
CREATE SEQUENCE night_no START 1;

CREATE TABLE runner (
    runner_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL UNIQUE,
    added_at TIMESTAMP NOT NULL,
    birth_year INTEGER,
    sex VARCHAR,
    home_tz VARCHAR,
    cramps_last_10_races VARCHAR,
    usual_race VARCHAR,
    red_flag BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE file (
    file_sha256 VARCHAR PRIMARY KEY,
    runner_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    records BIGINT NOT NULL,
    parser_version INTEGER NOT NULL,
    first_seen_at TIMESTAMP NOT NULL
);

CREATE TABLE run (
    run_id VARCHAR PRIMARY KEY,
    run_no INTEGER NOT NULL UNIQUE,
    runner_id VARCHAR NOT NULL,
    file_sha256 VARCHAR NOT NULL,
    session_no INTEGER NOT NULL,
    part_of VARCHAR,
    duplicate_of VARCHAR,
    sport VARCHAR NOT NULL,
    sub_sport VARCHAR,
    indoor BOOLEAN NOT NULL,
    start_at TIMESTAMP NOT NULL,
    start_local TIMESTAMP,
    tz VARCHAR,
    tz_rule VARCHAR NOT NULL,
    utc_offset_s INTEGER,
    clock_wrong BOOLEAN NOT NULL,
    elapsed_s DOUBLE NOT NULL,
    timer_s DOUBLE NOT NULL,
    moving_s DOUBLE NOT NULL,
    distance_m DOUBLE,
    records BIGINT NOT NULL,
    values_kept BIGINT NOT NULL,
    cell VARCHAR,
    device VARCHAR,
    title VARCHAR,
    simulated BOOLEAN NOT NULL,
    race BOOLEAN NOT NULL DEFAULT FALSE,
    planned_s DOUBLE,
    answer VARCHAR NOT NULL DEFAULT 'unanswered'
        CHECK (answer IN ('unanswered', 'no cramp', 'cramp', 'not sure')),
    answered_how VARCHAR CHECK (answered_how IN ('single', 'bulk', 'import', 'page')),
    answered_at TIMESTAMP,
    parser_version INTEGER NOT NULL,
    ingested_at TIMESTAMP NOT NULL
);

CREATE TABLE lap (
    run_id VARCHAR NOT NULL,
    lap_no INTEGER NOT NULL,
    elapsed_start_s DOUBLE NOT NULL,
    elapsed_s DOUBLE NOT NULL,
    timer_s DOUBLE,
    distance_m DOUBLE,
    trigger VARCHAR
);

CREATE TABLE pause (
    run_id VARCHAR NOT NULL,
    elapsed_start_s DOUBLE NOT NULL,
    elapsed_end_s DOUBLE NOT NULL,
    kind VARCHAR NOT NULL
);

CREATE TABLE parse_note (
    file_sha256 VARCHAR NOT NULL,
    run_id VARCHAR,
    kind VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    n BIGINT NOT NULL
);

CREATE TABLE segment (
    run_id VARCHAR NOT NULL,
    segment_no INTEGER NOT NULL,
    moving_start_s DOUBLE NOT NULL,
    elapsed_start_s DOUBLE NOT NULL,
    moving_s DOUBLE NOT NULL,
    distance_m DOUBLE,
    ascent_m DOUBLE,
    descent_m DOUBLE,
    speed_ms DOUBLE,
    gap_speed_ms DOUBLE,
    heart_rate_bpm DOUBLE,
    cadence_spm DOUBLE,
    device_temp_c DOUBLE,
    middle_at TIMESTAMP NOT NULL,
    cell VARCHAR
);

CREATE TABLE cramp (
    cramp_id VARCHAR PRIMARY KEY,
    runner_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    phase VARCHAR NOT NULL CHECK (phase IN ('during', 'after')),
    onset_at TIMESTAMP,
    onset_moving_s DOUBLE,
    uncertainty_s DOUBLE NOT NULL,
    muscle VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    note VARCHAR,
    moved_out_of_pause BOOLEAN NOT NULL DEFAULT FALSE,
    tagged_how VARCHAR NOT NULL,
    tagged_at TIMESTAMP NOT NULL
);

CREATE TABLE weather_hour (
    cell VARCHAR NOT NULL,
    hour_at TIMESTAMP NOT NULL,
    air_temp_c DOUBLE,
    rel_humidity_pct DOUBLE,
    dew_point_c DOUBLE,
    wind_ms DOUBLE,
    shortwave_wm2 DOUBLE,
    direct_wm2 DOUBLE,
    precip_mm DOUBLE,
    pressure_hpa DOUBLE,
    wbgt_c DOUBLE,
    provider VARCHAR NOT NULL,
    model VARCHAR,
    elevation_m DOUBLE,
    fetched_at TIMESTAMP NOT NULL,
    provisional BOOLEAN NOT NULL,
    PRIMARY KEY (cell, hour_at)
);

-- The weather cells that can serve a run's cell, with their distances.
CREATE TABLE weather_cell (
    cell VARCHAR NOT NULL,
    weather_cell VARCHAR NOT NULL,
    distance_km DOUBLE NOT NULL,
    PRIMARY KEY (cell, weather_cell)
);

CREATE TABLE weather_file (
    file_sha256 VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    hours BIGINT NOT NULL,
    first_seen_at TIMESTAMP NOT NULL
);

CREATE TABLE fit (
    fit_id VARCHAR PRIMARY KEY,
    runner_id VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL,
    model_version VARCHAR NOT NULL,
    data_hash VARCHAR NOT NULL,
    seed INTEGER NOT NULL,
    rows BIGINT NOT NULL,
    runs BIGINT NOT NULL,
    cramps BIGINT NOT NULL,
    model JSON NOT NULL,
    evaluation JSON NOT NULL
);

CREATE TABLE night (
    night_id VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    outcome VARCHAR NOT NULL,
    detail VARCHAR NOT NULL
);
