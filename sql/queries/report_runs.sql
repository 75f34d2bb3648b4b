-- Grain: one row per counted run of one runner, rides included.
-- Question: what does the report need about each run?
WITH
-- Mean weather of each run.
weather AS (
    SELECT
        run_id,
        avg(air_temp_c ORDER BY segment_no) AS air_temp_c,
        avg(wbgt_c ORDER BY segment_no) AS wbgt_c,
        array_to_string(list_sort(list(DISTINCT provider) FILTER (air_temp_c IS NOT NULL)), ', ') AS providers,
        bool_or(provisional) FILTER (air_temp_c IS NOT NULL) AS provisional
    FROM v_run_weather
    GROUP BY run_id
),
-- The title of each run, or else that of its richest duplicate with a title.
titled AS (
    SELECT
        coalesce(duplicate_of, run_id) AS run_id,
        arg_max(title, (duplicate_of IS NULL, records, -run_no)) AS title
    FROM kept_run
    WHERE title IS NOT NULL
    GROUP BY ALL
),
-- Grade-adjusted speed until a cramp began: afterwards the cramp itself slows the runner.
speed AS (
    SELECT
        run_id,
        sum(gap_speed_ms * moving_s ORDER BY segment_no)
            / nullif(sum(moving_s ORDER BY segment_no) FILTER (gap_speed_ms IS NOT NULL), 0) AS gap_speed_ms
    FROM segment
    LEFT JOIN first_onset USING (run_id)
    WHERE segment.moving_start_s + segment.moving_s <= first_onset.onset_s
        OR first_onset.onset_s IS NULL
    GROUP BY run_id
)
SELECT
    v_run.run_id,
    titled.title,
    coalesce(v_run.start_local, v_run.start_at) AS start_local,
    v_run.start_at,
    v_run.sport,
    v_run.moving_s,
    v_run.descent_m,
    v_run.answer,
    v_run.simulated,
    v_run.start_hour_local,
    weather.air_temp_c,
    weather.wbgt_c,
    weather.providers,
    coalesce(weather.provisional, FALSE) AS provisional,
    100 * (speed.gap_speed_ms / v_run.usual_gap_speed_ms - 1) AS pace_faster_pct
FROM v_run
LEFT JOIN titled USING (run_id)
LEFT JOIN weather USING (run_id)
LEFT JOIN speed USING (run_id)
WHERE v_run.runner_id = $runner_id
    AND v_run.duplicate_of IS NULL
    AND NOT v_run.clock_wrong
ORDER BY v_run.start_at, v_run.run_id
