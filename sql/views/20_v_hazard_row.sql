-- Grain: one row per segment at risk: until the first onset or the end of an answered run.
-- Question: on exactly which rows was the model trained?
-- Notes: running only; without unanswered runs and without anything after the onset. Pace is lagged: the ten minutes that end
--        one whole segment before this one begins; in the first 15 minutes it is 0, the runner's usual pace. An onset known
--        to 5 minutes is a point in (start, end]. A less certain onset is spread evenly over its window, as is the time at
--        risk.
CREATE OR REPLACE VIEW v_hazard_row AS
WITH
-- Segments of runs at risk, with what was known when each segment began.
exposed AS (
    SELECT
        first_onset.runner_id,
        segment.run_id,
        segment.segment_no,
        segment.moving_start_s,
        segment.moving_start_s + segment.moving_s AS moving_end_s,
        first_onset.onset_s,
        first_onset.window_start_s,
        first_onset.window_end_s,
        lag(segment.segment_no) OVER run_so_far IS NULL AS is_first,
        lead(segment.segment_no) OVER run_so_far IS NULL AS is_last,
        coalesce(sum(segment.descent_m) OVER (
            PARTITION BY segment.run_id ORDER BY segment.segment_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), CASE WHEN segment.descent_m IS NOT NULL THEN 0 END) AS descent_so_far_m,
        (lag(segment.gap_speed_ms * segment.moving_s, 2) OVER run_so_far
            + lag(segment.gap_speed_ms * segment.moving_s, 3) OVER run_so_far)
        / nullif(lag(segment.moving_s, 2) OVER run_so_far + lag(segment.moving_s, 3) OVER run_so_far, 0) AS earlier_gap_speed_ms
    FROM first_onset
    JOIN segment USING (run_id)
    WHERE first_onset.sport = 'running'
    WINDOW run_so_far AS (PARTITION BY segment.run_id ORDER BY segment.segment_no)
),
-- The time at risk in each segment, and the share of the onset in it.
at_risk AS (
    SELECT
        *,
        CASE
            WHEN window_end_s > window_start_s THEN
                greatest(least(moving_end_s, window_end_s) - greatest(moving_start_s, window_start_s), 0)
                / (window_end_s - window_start_s)
            WHEN onset_s IS NULL THEN 0.0
            WHEN onset_s > moving_start_s OR is_first THEN (onset_s <= moving_end_s OR is_last)::INTEGER
            ELSE 0.0
        END AS onset,
        CASE
            WHEN window_end_s > window_start_s THEN
                -- The probability of still being at risk falls linearly from 1 to 0 over the window.
                greatest(least(moving_end_s, window_start_s) - moving_start_s, 0)
                + (
                    (window_end_s - least(greatest(moving_start_s, window_start_s), window_end_s)) ^ 2
                    - (window_end_s - least(greatest(moving_end_s, window_start_s), window_end_s)) ^ 2
                ) / (2 * (window_end_s - window_start_s))
            WHEN onset_s IS NULL THEN moving_end_s - moving_start_s
            -- An onset in the first instant has one second at risk, so that the row has an exposure.
            ELSE greatest(least(moving_end_s, onset_s) - moving_start_s, CASE WHEN is_first THEN 1 ELSE 0 END)
        END AS at_risk_s
    FROM exposed
)
SELECT
    at_risk.runner_id,
    at_risk.run_id,
    at_risk.segment_no,
    counted_run.start_at,
    at_risk.at_risk_s / 60 AS minutes,
    at_risk.onset::DOUBLE AS onset,
    at_risk.moving_start_s,
    run_history.longest30_s,
    CASE
        WHEN usual_pace.usual_gap_speed_ms IS NULL THEN NULL
        WHEN at_risk.moving_start_s < 900 THEN 0.0
        ELSE 100 * (at_risk.earlier_gap_speed_ms / usual_pace.usual_gap_speed_ms - 1)
    END AS pace_faster_pct,
    counted_run.race,
    v_run_weather.air_temp_c,
    v_run_weather.wbgt_c,
    at_risk.descent_so_far_m,
    run_history.load_3d_z,
    run_history.start_hour_local,
    run_history.planned_s,
    counted_run.simulated
FROM at_risk
JOIN counted_run USING (run_id)
JOIN run_history USING (run_id)
JOIN usual_pace USING (run_id)
LEFT JOIN v_run_weather USING (run_id, segment_no)
WHERE at_risk.at_risk_s > 0;

COMMENT ON VIEW v_hazard_row IS 'One row per segment at risk: exactly the rows the model is trained on.';
COMMENT ON COLUMN v_hazard_row.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_hazard_row.run_id IS 'The run.';
COMMENT ON COLUMN v_hazard_row.segment_no IS 'The segment, from 1.';
COMMENT ON COLUMN v_hazard_row.start_at IS 'Start of the run, UTC.';
COMMENT ON COLUMN v_hazard_row.minutes IS 'Minutes of moving time at risk; the last segment at risk ends at the onset.';
COMMENT ON COLUMN v_hazard_row.onset IS '1 where the first cramp began, else 0; spread over the window if the uncertainty of the onset is above 5 minutes.';
COMMENT ON COLUMN v_hazard_row.moving_start_s IS 'Moving time at the start of the segment, seconds: the duration in the model.';
COMMENT ON COLUMN v_hazard_row.longest30_s IS 'Longest run of the 30 days before, without this one, moving seconds; NULL for the first run of the log.';
COMMENT ON COLUMN v_hazard_row.pace_faster_pct IS 'Faster (+) than the runner''s usual grade-adjusted speed, percent, over the ten minutes that end one segment before; 0 in the first 15 minutes; NULL without a usual pace.';
COMMENT ON COLUMN v_hazard_row.race IS 'TRUE for a race, as entered by the runner.';
COMMENT ON COLUMN v_hazard_row.air_temp_c IS 'Air temperature at the middle of the segment, C; NULL if unknown.';
COMMENT ON COLUMN v_hazard_row.wbgt_c IS 'Wet-bulb globe temperature at the middle of the segment, C; NULL if unknown.';
COMMENT ON COLUMN v_hazard_row.descent_so_far_m IS 'Descent from the start of the run to the start of the segment, metres.';
COMMENT ON COLUMN v_hazard_row.load_3d_z IS 'Load of the 3 days before compared with the runner''s own 90 days, standard deviations.';
COMMENT ON COLUMN v_hazard_row.start_hour_local IS 'Local hour of the run''s start, 0 to 24, one value per run.';
COMMENT ON COLUMN v_hazard_row.planned_s IS 'Planned moving time of the run, seconds, known before the start.';
COMMENT ON COLUMN v_hazard_row.simulated IS 'TRUE if the run is simulated.';
