-- A training is one fit of the whole store: every runner's model (fit) learnt together, with how good its forecasts would
-- have been. Which training is in use is a word of its own, so that an older one can be gone back to.
CREATE SEQUENCE training_no START 1;

-- `data_hash` is of all that the training rests on, so that equal data are not learnt from twice.
-- `evaluation` holds sums over runners, never a single run; `said` what became of the training and why, in words.
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

-- Since when which training is in use: the newest row counts. `chosen` by a person, who alone takes it back.
CREATE TABLE training_use (
    use_no INTEGER PRIMARY KEY,
    training_id VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    chosen BOOLEAN NOT NULL
);
CREATE SEQUENCE training_use_no START 1;

-- A fit is one runner's part of a training, self-contained; made again when new runs are folded in: the newest counts.
-- Older fits belong to no training and are not used any more.
ALTER TABLE fit ADD COLUMN training_id VARCHAR;
