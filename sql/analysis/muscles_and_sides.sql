-- Question: which muscles cramp, on which side, and how often per 100 hours run?
-- Grain: one row per tagged muscle.
-- Notes: every tagged cramp during a run counts, not only the first. Hours are the moving time of all answered runs, the same
--        in each row. Tightness and cramps after the run have their own columns and are in no rate. Running only.
WITH
-- Runs answered "cramp" or "no cramp".
answered AS (
    SELECT run_id, runner_id, moving_s, simulated
    FROM v_run
    WHERE sport = 'running'
        AND answer IN ('cramp', 'no cramp')
        AND duplicate_of IS NULL
        AND NOT clock_wrong
),
-- The hours used for each rate.
exposure AS (
    SELECT sum(moving_s ORDER BY run_id) / 3600 AS hours
    FROM answered
)
SELECT
    v_cramp.muscle,
    count(*) FILTER (v_cramp.is_onset) AS cramps,
    count(*) FILTER (v_cramp.is_onset AND v_cramp.side = 'left') AS left_side,
    count(*) FILTER (v_cramp.is_onset AND v_cramp.side = 'right') AS right_side,
    count(*) FILTER (v_cramp.is_onset AND v_cramp.side = 'both') AS both_sides,
    count(DISTINCT v_cramp.run_id) FILTER (v_cramp.is_onset) AS cramped_runs,
    count(DISTINCT v_cramp.runner_id) FILTER (v_cramp.is_onset) AS cramped_runners,
    round(any_value(exposure.hours), 1) AS hours_run,
    round(100 * count(*) FILTER (v_cramp.is_onset) / any_value(exposure.hours), 2) AS cramps_per_100_h,
    count(*) FILTER (v_cramp.severity = 'tightness') AS tightness,
    count(*) FILTER (v_cramp.phase = 'after' AND v_cramp.severity <> 'tightness') AS after_the_run,
    bool_or(answered.simulated) AS simulated
FROM v_cramp
JOIN answered USING (run_id)
CROSS JOIN exposure
GROUP BY v_cramp.muscle
ORDER BY cramps DESC, v_cramp.muscle
