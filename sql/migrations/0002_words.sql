-- What runners enter about runs, cramps and themselves, separate from the data of files; and each change as one step that can
-- be undone. Nothing here can be rebuilt from the originals.
CREATE SEQUENCE change_no START 1;
CREATE SEQUENCE given_no START 1;
CREATE SEQUENCE flag_no START 1;
CREATE SEQUENCE pair_no START 1;

-- One row per change that a person made; `detail` describes it.
CREATE TABLE change (
    change_no INTEGER PRIMARY KEY,
    runner_id VARCHAR,
    what VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    how VARCHAR NOT NULL CHECK (how IN ('single', 'bulk', 'import', 'page')),
    made_at TIMESTAMP NOT NULL,
    undone_at TIMESTAMP
);

-- The rows written by a change, in order: their columns before it, NULL for a row that did not exist.
CREATE TABLE change_row (
    change_no INTEGER NOT NULL,
    step INTEGER NOT NULL,
    table_name VARCHAR NOT NULL,
    row_key VARCHAR NOT NULL,
    before JSON
);

-- Every answer to the cramp question, including those replaced or undone later.
CREATE TABLE answer_given (
    run_id VARCHAR NOT NULL,
    answer VARCHAR NOT NULL,
    answered_how VARCHAR NOT NULL,
    answered_at TIMESTAMP NOT NULL,
    change_no INTEGER
);
INSERT INTO answer_given BY NAME
SELECT run_id, answer, answered_how, answered_at FROM run WHERE answer <> 'unanswered';

-- The runner's corrections of the file's values. `sport`, `indoor` and `start_at` already include them.
ALTER TABLE run ADD COLUMN sport_said VARCHAR;
ALTER TABLE run ADD COLUMN indoor_said BOOLEAN;
ALTER TABLE run ADD COLUMN shift_s DOUBLE DEFAULT 0;
ALTER TABLE run ADD COLUMN deleted_at TIMESTAMP;

-- The runner's decision about two recordings: the same run (TRUE), or two runs even if their times agree (FALSE).
CREATE TABLE run_pair (
    pair_id VARCHAR PRIMARY KEY,
    run_id VARCHAR NOT NULL,
    other_run_id VARCHAR NOT NULL,
    same BOOLEAN NOT NULL,
    said_at TIMESTAMP NOT NULL
);

-- A segment's middle is stored as time since its run's start, so that correcting the clock moves it too.
ALTER TABLE segment ADD COLUMN elapsed_middle_s DOUBLE;
UPDATE segment SET elapsed_middle_s = epoch_us(segment.middle_at - run.start_at) / 1e6
FROM run WHERE run.run_id = segment.run_id;
ALTER TABLE segment DROP COLUMN middle_at;

-- The effect of a cramp, what relieved it, and whether it came back.
ALTER TABLE cramp ADD COLUMN effect VARCHAR;
ALTER TABLE cramp ADD COLUMN relief VARCHAR;
ALTER TABLE cramp ADD COLUMN recurred VARCHAR;
ALTER TABLE cramp ADD COLUMN recurred_after_s DOUBLE;

-- Answers to the optional questions, about a run or (without run_id) the runner. The reason for asking decides what they can
-- show.
CREATE TABLE question_answer (
    given_id VARCHAR PRIMARY KEY,
    runner_id VARCHAR NOT NULL,
    run_id VARCHAR,
    question VARCHAR NOT NULL,
    answer VARCHAR,
    value DOUBLE,
    unit VARCHAR,
    words VARCHAR,
    asked_because VARCHAR NOT NULL CHECK (asked_because IN ('cramp', 'control', 'profile', 'own')),
    answered_how VARCHAR NOT NULL,
    answered_at TIMESTAMP NOT NULL
);

-- Warning signs that the runner ticked; until all are cleared, reports give no number.
CREATE TABLE runner_flag (
    flag_id VARCHAR PRIMARY KEY,
    runner_id VARCHAR NOT NULL,
    flag VARCHAR NOT NULL,
    ticked_at TIMESTAMP NOT NULL,
    cleared_at TIMESTAMP
);
INSERT INTO runner_flag SELECT 'w' || nextval('flag_no'), runner_id, 'other', added_at, NULL FROM runner WHERE red_flag;
ALTER TABLE runner DROP COLUMN red_flag;
ALTER TABLE runner ADD COLUMN distance_unit VARCHAR;
ALTER TABLE runner ADD COLUMN temperature_unit VARCHAR;
