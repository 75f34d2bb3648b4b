-- Question: after the first cramp of a run, how many further cramps occur per 100 hours of continued running, and how soon?
-- Grain: one row per phase of a run: before any cramp, then by moving minutes since the first one.
-- Notes: after the first cramp a run is at risk until its second cramp or its end; a third does not count. Runners who stopped
--        are not at risk, so the later rows contain milder cramps. Tags at exactly the same moment are one cramp. Running
--        only. A run with a cramp at an unknown moment is left out after its first cramp. v_cramp.recurred is the runner's
--        own answer about the same.
WITH
-- The moments of the cramps of each run.
moment AS (
    SELECT DISTINCT v_run.run_id, v_run.runner_id, v_run.moving_s, v_run.simulated, v_cramp.onset_moving_s
    FROM v_cramp
    JOIN v_run USING (run_id)
    WHERE v_cramp.is_onset
        AND v_run.sport = 'running'
        AND v_run.answer = 'cramp'
        AND v_run.duplicate_of IS NULL
        AND NOT v_run.clock_wrong
),
-- Seconds from the first cramp to the second, or to the end of the run.
run_on AS (
    SELECT
        run_id,
        runner_id,
        simulated,
        coalesce(list_sort(list(onset_moving_s))[2], moving_s) - min(onset_moving_s) AS run_on_s,
        count(*) > 1 AS came_back
    FROM moment
    GROUP BY run_id, runner_id, moving_s, simulated
    HAVING count(*) = count(onset_moving_s)
),
-- The phases into which that time is divided, in seconds since the first cramp.
stretch AS (
    FROM (VALUES
        (1, 'first 15 minutes after one', 0, 900),
        (2, '15 to 30 minutes after one', 900, 1800),
        (3, 'later', 1800, 1e9)
    ) AS t (stretch_no, stretch, from_s, to_s)
),
-- Time at risk in each phase, and whether the cramp came back in it.
at_risk AS (
    SELECT 0 AS stretch_no, 'no cramp so far' AS stretch, run_id, runner_id, simulated, minutes / 60 AS hours, onset
    FROM v_hazard_row
    UNION ALL
    SELECT
        stretch_no,
        stretch,
        run_id,
        runner_id,
        simulated,
        (least(run_on_s, to_s) - from_s) / 3600 AS hours,
        (came_back AND run_on_s <= to_s)::INTEGER AS onset
    FROM run_on
    JOIN stretch ON run_on_s > from_s
)
SELECT
    stretch,
    count(DISTINCT run_id) AS runs,
    round(sum(hours), 1) AS hours_at_risk,
    round(sum(onset), 1) AS cramps,
    count(DISTINCT runner_id) FILTER (onset > 0) AS cramped_runners,
    round(100 * sum(onset) / sum(hours), 2) AS cramps_per_100_h,
    bool_or(simulated) AS simulated
FROM at_risk
GROUP BY stretch_no, stretch
ORDER BY stretch_no
