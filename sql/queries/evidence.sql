-- Grain: one row.
-- Question: how many runs and cramps does a statement rest on, for this runner and in the whole store?
WITH
-- Runs of all runners: is the cramp question answered, and is an onset known?
answered_run AS (
    SELECT
        counted_run.runner_id,
        counted_run.start_at,
        counted_run.answer IN ('no cramp', 'cramp') AS answered, -- "not sure" counts as missing, like unanswered
        onset.run_id IS NOT NULL AS cramped
    FROM counted_run
    LEFT JOIN (
        SELECT DISTINCT run_id FROM cramp WHERE phase = 'during' AND severity <> 'tightness'
    ) AS onset USING (run_id)
    WHERE counted_run.sport = 'running'
),
first_answer AS (
    SELECT min(start_at) AS start_at FROM answered_run WHERE runner_id = $runner_id AND answered
)
SELECT
    count(*) FILTER (cramped) AS store_cramps,
    count(DISTINCT runner_id) FILTER (cramped) AS store_runners_with_cramp,
    count(*) FILTER (answered AND runner_id = $runner_id) AS answered_runs,
    count(*) FILTER (
        runner_id = $runner_id AND answered_run.start_at >= (SELECT start_at FROM first_answer)
    ) AS runs_since_first_answer,
    count(*) FILTER (
        answered AND runner_id = $runner_id AND answered_run.start_at >= (SELECT start_at FROM first_answer)
    ) AS answered_since_first_answer,
    count(*) FILTER (cramped AND runner_id = $runner_id) AS cramps
FROM answered_run
