-- Grain: one row per runner.
-- Question: which runners are in the store, and how many of their runs are answered?
-- Notes: no names; only the runner's id.
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

COMMENT ON VIEW v_runner IS 'One row per runner, by id and without a name.';
COMMENT ON COLUMN v_runner.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_runner.birth_year IS 'Year of birth, as entered; NULL if not entered.';
COMMENT ON COLUMN v_runner.sex IS 'As entered; NULL if not entered.';
COMMENT ON COLUMN v_runner.cramps_last_10_races IS 'First answer: races with a cramp among the last 10: 0, 1-2 or 3+.';
COMMENT ON COLUMN v_runner.usual_race IS 'First answer: the runner''s usual race: 5k, 10k, half, marathon or ultra.';
COMMENT ON COLUMN v_runner.runs IS 'Counted runs (running only, without duplicates).';
COMMENT ON COLUMN v_runner.answered_runs IS 'Counted runs with an answered cramp question.';
COMMENT ON COLUMN v_runner.cramp_runs IS 'Counted runs answered "cramp".';
COMMENT ON COLUMN v_runner.simulated IS 'TRUE if any of the runs is simulated.';
