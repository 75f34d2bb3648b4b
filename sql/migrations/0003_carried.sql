-- What files carry beside the records: which fields, devices and weather a run has, and what an export says of a file.
-- All but file_words can be read again from the originals; file_words stands beside the file in its export only.
ALTER TABLE run ADD COLUMN description VARCHAR;
ALTER TABLE run ADD COLUMN gear VARCHAR;

-- The fields of records.record_field by their number, which may leave some out; `n` is how many values there are.
CREATE TABLE run_field (
    run_id VARCHAR NOT NULL,
    field_no INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    unit VARCHAR,
    told_by VARCHAR NOT NULL,
    n BIGINT NOT NULL
);

-- Watches and sensors that took part; never a serial number.
CREATE TABLE device (
    run_id VARCHAR NOT NULL,
    device_no INTEGER NOT NULL,
    kind VARCHAR,
    maker VARCHAR,
    product VARCHAR,
    software VARCHAR
);

-- Weather that came with the run's file or its export: used only where no hours are known (views/05_segment_weather.sql).
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

-- What an export says of one of its files beside it, kept because the file alone cannot tell it again.
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
