-- Grain: one row per counted run.
-- Question: what was usual for this runner before this run began?
-- Notes: internal. Every column uses earlier runs only, never the end of this run.
--        Planned duration: entered by the runner, or else the median of the last 8 runs on that weekday and part of day,
--        or else of the last 8 runs. Load is moving minutes of all sports.
CREATE OR REPLACE VIEW run_history AS
WITH
-- The weekday and part of day in which each run began.
slotted AS (
    SELECT
        *,
        dayofweek(coalesce(start_local, start_at)) AS weekday,
        CASE
            WHEN hour(coalesce(start_local, start_at)) < 11 THEN 'morning'
            WHEN hour(coalesce(start_local, start_at)) < 16 THEN 'midday'
            ELSE 'evening'
        END AS part_of_day
    FROM counted_run
),
-- Sums, medians and maxima over the runs before.
looked_back AS (
    SELECT
        *,
        median(moving_s) OVER (
            PARTITION BY runner_id, sport, weekday, part_of_day ORDER BY start_at ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
        ) AS usual_slot_s,
        median(moving_s) OVER (
            PARTITION BY runner_id, sport ORDER BY start_at ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
        ) AS usual_s,
        max(moving_s) OVER (
            PARTITION BY runner_id, sport ORDER BY start_at
            RANGE BETWEEN INTERVAL 30 DAYS PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING
        ) AS longest_seen_s,
        min(start_at) OVER (PARTITION BY runner_id, sport) AS first_start_at,
        coalesce(sum(moving_s) OVER (
            PARTITION BY runner_id ORDER BY start_at
            RANGE BETWEEN INTERVAL 3 DAYS PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING
        ), 0) / 60 AS load_3d_min
    FROM slotted
),
-- The 3-day load with its mean and standard deviation over the last 90 days.
loaded AS (
    SELECT
        *,
        avg(load_3d_min) OVER season AS load_mean,
        stddev_samp(load_3d_min) OVER season AS load_sd,
        count(*) OVER season AS load_runs
    FROM looked_back
    WINDOW season AS (
        PARTITION BY runner_id ORDER BY start_at
        RANGE BETWEEN INTERVAL 90 DAYS PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING
    )
)
SELECT
    run_id,
    runner_id,
    sport,
    start_at,
    coalesce(planned_s, usual_slot_s, usual_s) AS planned_s,
    -- After 30 days without a run the longest run is 0; for the first run of the log it is unknown.
    CASE WHEN start_at > first_start_at THEN coalesce(longest_seen_s, 0) END AS longest30_s,
    load_3d_min,
    CASE WHEN load_runs >= 5 THEN (load_3d_min - load_mean) / nullif(load_sd, 0) END AS load_3d_z,
    CASE
        WHEN start_local IS NOT NULL THEN hour(start_local) + minute(start_local) / 60.0 + second(start_local) / 3600.0
    END AS start_hour_local
FROM loaded;
