-- Question: what was different at the moment of a cramp from the same runner's other runs at the same time into the run?
-- Grain: one row per factor of v_hazard_row.
-- Notes: matched by runner and segment_no, so that neither the runner nor the time into the run differs. The other runs are
--        all answered ones still without a cramp when that segment began, including those with a cramp later: choosing only
--        runs without a cramp would create a difference by itself. A cramp counts for a factor if its value is known at the
--        cramp and in at least one other run. Only onsets known to 5 minutes. Twenty cramps prove nothing: higher_at and
--        lower_at show how often the difference had each sign.
WITH
-- Segments at risk, one row per factor with a value; pace has no value in the first 15 minutes.
measured AS (
    UNPIVOT (
        SELECT
            runner_id,
            run_id,
            segment_no,
            onset,
            simulated,
            wbgt_c,
            CASE WHEN moving_start_s >= 900 THEN pace_faster_pct END AS pace_faster_pct,
            race::DOUBLE AS race_share,
            descent_so_far_m,
            load_3d_z,
            longest30_s / 60 AS longest30_min,
            planned_s / 60 AS planned_min,
            start_hour_local
        FROM v_hazard_row
    )
    ON wbgt_c, pace_faster_pct, race_share, descent_so_far_m, load_3d_z, longest30_min, planned_min, start_hour_local
    INTO NAME factor VALUE value
),
-- Each cramp with the mean of the runner's other runs at that segment.
matched AS (
    SELECT
        cramp.factor,
        cramp.runner_id,
        cramp.run_id,
        cramp.value AS at_cramp,
        avg(comparison.value ORDER BY comparison.run_id) AS in_others,
        count(*) AS others,
        bool_or(cramp.simulated) AS simulated
    FROM measured AS cramp
    JOIN measured AS comparison
        ON comparison.runner_id = cramp.runner_id
        AND comparison.segment_no = cramp.segment_no
        AND comparison.factor = cramp.factor
        AND comparison.run_id <> cramp.run_id
    WHERE cramp.onset = 1
    GROUP BY ALL
)
SELECT
    factor,
    count(*) AS cramps,
    count(DISTINCT runner_id) AS runners,
    sum(others)::BIGINT AS comparisons,
    round(avg(at_cramp ORDER BY run_id), 2) AS mean_at_cramps,
    round(avg(in_others ORDER BY run_id), 2) AS mean_in_others,
    round(avg(at_cramp - in_others ORDER BY run_id), 2) AS difference,
    count(*) FILTER (at_cramp > in_others) AS higher_at,
    count(*) FILTER (at_cramp < in_others) AS lower_at,
    bool_or(simulated) AS simulated
FROM matched
GROUP BY factor
ORDER BY factor
