-- Grain: one row a runner.
-- Question: who is in the store, and how much do they tell?
-- Notes: no name; the runner's id only.
CREATE OR REPLACE VIEW v_runner AS
SELECT
    runner.runner_id,
    runner.birth_year,
    runner.sex,
    runner.cramps_last_10_races,
    runner.usual_race,
    count(counted_run.run_id) FILTER (counted_run.sport = 'running') AS runs,
    count(counted_run.run_id) FILTER (counted_run.sport = 'running' AND counted_run.answer <> 'unanswered') AS answered_runs,
    count(counted_run.run_id) FILTER (counted_run.sport = 'running' AND counted_run.answer = 'cramp') AS cramp_runs,
    coalesce(bool_or(counted_run.simulated), FALSE) AS simulated
FROM runner
LEFT JOIN counted_run USING (runner_id)
GROUP BY ALL;

COMMENT ON VIEW v_runner IS 'One row a runner, by id and without a name.';
COMMENT ON COLUMN v_runner.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_runner.birth_year IS 'Year of birth, as entered; NULL when not asked.';
COMMENT ON COLUMN v_runner.sex IS 'As entered; NULL when not asked.';
COMMENT ON COLUMN v_runner.cramps_last_10_races IS 'First answer: races with a cramp among the last 10: 0, 1-2 or 3+.';
COMMENT ON COLUMN v_runner.usual_race IS 'First answer: the kind of race meant: 5k, 10k, half, marathon or ultra.';
COMMENT ON COLUMN v_runner.runs IS 'Counted runs (running only, duplicates out).';
COMMENT ON COLUMN v_runner.answered_runs IS 'Counted runs whose cramp question is answered.';
COMMENT ON COLUMN v_runner.cramp_runs IS 'Counted runs answered with "cramp".';
COMMENT ON COLUMN v_runner.simulated IS 'TRUE when any of the runs is simulated.';
