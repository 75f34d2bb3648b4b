-- Question: what was different at the moment of a cramp from the same runner's other runs at the same time into the run?
-- Grain: one row a factor of v_hazard_row.
-- Notes: matched within the runner and by segment_no, so that neither who it is nor how long the run had lasted differs.
--        The other runs are all answered ones still without a cramp when that segment began, also those that cramp
--        later: to choose the clean ones by their end would make a difference of its own. A cramp counts for a factor
--        when it is known at its moment and in one other run at least. Only onsets known to 5 minutes. Twenty cramps
--        settle nothing: higher_at and lower_at say how often the difference went either way.
WITH
-- Segments at risk, one row a factor that is known; pace has none in the first 15 minutes.
known AS (
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
-- Each cramp beside the mean of the runner's other runs at that segment.
matched AS (
    SELECT
        cramp.factor,
        cramp.runner_id,
        cramp.run_id,
        cramp.value AS at_cramp,
        avg(other.value ORDER BY other.run_id) AS in_others,
        count(*) AS others,
        bool_or(cramp.simulated) AS simulated
    FROM known AS cramp
    JOIN known AS other
        ON other.runner_id = cramp.runner_id
        AND other.segment_no = cramp.segment_no
        AND other.factor = cramp.factor
        AND other.run_id <> cramp.run_id
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
