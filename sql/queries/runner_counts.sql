-- Grain: one row per runner.
-- Question: which runners are in the store, how many of their runs are answered, and is a warning sign ticked?
WITH
-- Warning signs ticked and not cleared.
flagged AS (
    SELECT
        runner_id,
        count(DISTINCT flag) AS flags
    FROM runner_flag
    WHERE cleared_at IS NULL
    GROUP BY runner_id
)
SELECT
    runner.runner_id,
    runner.name,
    v_runner.runs,
    v_runner.answered_runs,
    v_runner.cramp_runs,
    coalesce(flagged.flags, 0) AS flags,
    v_runner.simulated
FROM runner
JOIN v_runner USING (runner_id)
LEFT JOIN flagged USING (runner_id)
ORDER BY runner.added_at, length(runner.runner_id), runner.runner_id
