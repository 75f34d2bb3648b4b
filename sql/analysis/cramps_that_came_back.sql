-- Question: once a run has had a cramp, how many come back per 100 hours run on, and how soon?
-- Grain: one row a stretch of a run: before any cramp, then by moving minutes since the first one.
-- Notes: after the first cramp a run is at risk until its second or its end; a third counts nowhere. Whoever stopped for
--        good is not at risk, so the later rows are of the milder ones. Tags at one and the same moment are one cramp.
--        Running only; a run with a cramp somewhere in it, at no moment, is left out after its first.
--        v_cramp.recurred is the runner's own word about the same.
WITH
-- The moments of the cramps of a run.
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
-- Seconds run on from the first cramp, until the second one if there is one.
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
-- The stretches to cut that time into, seconds since the first cramp.
stretch AS (
    FROM (VALUES
        (1, 'first 15 minutes after one', 0, 900),
        (2, '15 to 30 minutes after one', 900, 1800),
        (3, 'later', 1800, 1e9)
    ) AS t (stretch_no, stretch, from_s, to_s)
),
-- Time at risk in each stretch, and whether the cramp came back in it.
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
