-- What the sensors wrote, without place. Keyed by the ledger's ascending run_no, no index: runs lie in order on disk.
CREATE TABLE record (
    run_no INTEGER NOT NULL,
    elapsed_s DOUBLE NOT NULL,
    timer_s DOUBLE,
    moving_s DOUBLE,
    distance_m DOUBLE,
    speed_ms DOUBLE,
    altitude_m DOUBLE,
    heart_rate_bpm DOUBLE,
    cadence_spm DOUBLE,
    power_w DOUBLE,
    device_temp_c DOUBLE
);
