-- What files contain besides the records: a run's fields, devices and weather, and what an export states about a file.
-- All but file_words can be read again from the originals; file_words is only in the export, next to the file.
ALTER TABLE run ADD COLUMN description VARCHAR;
ALTER TABLE run ADD COLUMN gear VARCHAR;

-- The fields of records.record_field by their number; numbers may be missing. `n` is the number of values.
CREATE TABLE run_field (
    run_id VARCHAR NOT NULL,
    field_no INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    unit VARCHAR,
    told_by VARCHAR NOT NULL,
    n BIGINT NOT NULL
);

-- Watches and sensors of the run; never a serial number.
CREATE TABLE device (
    run_id VARCHAR NOT NULL,
    device_no INTEGER NOT NULL,
    kind VARCHAR,
    maker VARCHAR,
    product VARCHAR,
    software VARCHAR
);

-- Weather in the run's file or its export: used only if no hours are known (views/05_segment_weather.sql).
CREATE TABLE carried_weather (
    run_id VARCHAR NOT NULL,
    provider VARCHAR NOT NULL,
    elapsed_s DOUBLE NOT NULL,
    air_temp_c DOUBLE,
    rel_humidity_pct DOUBLE,
    dew_point_c DOUBLE,
    wind_ms DOUBLE,
    precip_mm DOUBLE,
    pressure_hpa DOUBLE
);

-- What an export states about one of its files: stored because the file alone does not contain it.
CREATE TABLE file_words (
    file_sha256 VARCHAR PRIMARY KEY,
    title VARCHAR,
    description VARCHAR,
    sport VARCHAR,
    sub_sport VARCHAR,
    gear VARCHAR,
    provider VARCHAR,
    elapsed_s DOUBLE,
    air_temp_c DOUBLE,
    rel_humidity_pct DOUBLE,
    dew_point_c DOUBLE,
    wind_ms DOUBLE,
    precip_mm DOUBLE,
    pressure_hpa DOUBLE,
    said_at TIMESTAMP NOT NULL
);
