-- Forecasts as they were made, before the answer was known, so that they can be compared with it. Their outcome is not stored:
-- views/21_v_prediction.sql finds the run and the answer, so that both may change afterwards.
CREATE SEQUENCE prediction_no START 1;

-- One row per forecast. `run_id` is the run of an automatic forecast; an asked one was made for a plan and has none.
-- `features` are the model's input segments, by column; with the fit they reproduce the numbers.
CREATE TABLE prediction (
    prediction_id VARCHAR PRIMARY KEY,
    runner_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('asked', 'automatic')),
    run_id VARCHAR,
    made_at TIMESTAMP NOT NULL,
    fit_id VARCHAR NOT NULL,
    fit_made_at TIMESTAMP NOT NULL,
    model_version VARCHAR NOT NULL,
    data_hash VARCHAR NOT NULL,
    start_at TIMESTAMP NOT NULL,
    planned_s DOUBLE NOT NULL,
    pace_faster_pct DOUBLE,
    race BOOLEAN NOT NULL,
    weather_source VARCHAR NOT NULL,
    air_temp_c DOUBLE,
    wbgt_c DOUBLE,
    features JSON NOT NULL,
    mean DOUBLE NOT NULL,
    low DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    simulated BOOLEAN NOT NULL
);
