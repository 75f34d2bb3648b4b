-- Sensor values without positions. run_no is the ledger's ascending number; no index is needed, as rows are in its order.
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
