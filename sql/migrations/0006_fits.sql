-- A training is one fit of the whole store: the models (fits) of all runners, trained together, with the scores its forecasts
-- would have had. Which training is in use is a separate table, so that an older one can be used again.
CREATE SEQUENCE training_no START 1;

-- `data_hash` covers all data of the training, so that equal data are not trained on twice.
-- `evaluation` holds sums over runners, never a single run; `said` explains the outcome of the training.
CREATE TABLE training (
    training_id VARCHAR PRIMARY KEY,
    made_at TIMESTAMP NOT NULL,
    model_version VARCHAR NOT NULL,
    data_hash VARCHAR NOT NULL,
    regime VARCHAR NOT NULL CHECK (regime IN ('alone', 'few', 'pooled')),
    runners BIGINT NOT NULL,
    runs BIGINT NOT NULL,
    cramps BIGINT NOT NULL,
    evaluation JSON NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('first', 'replaced', 'kept')),
    said VARCHAR NOT NULL
);

-- Which training is in use since when: the newest row counts. If `chosen` by a person, only a person changes it.
CREATE TABLE training_use (
    use_no INTEGER PRIMARY KEY,
    training_id VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    chosen BOOLEAN NOT NULL
);
CREATE SEQUENCE training_use_no START 1;

-- A fit is one runner's part of a training and usable by itself. New runs are added by a new fit: the newest counts.
-- Fits without a training are from older versions and no longer used.
ALTER TABLE fit ADD COLUMN training_id VARCHAR;
