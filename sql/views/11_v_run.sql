-- Grain: one row per run that is not deleted, rides and duplicates included.
-- Question: what was run, when, and was the cramp question answered?
-- Notes: planned_s is what was known before the start, never the recorded duration. heat_14d_c is the heat of the runner's
--        own earlier runs (08_run_heat), not the weather of the place.
CREATE OR REPLACE VIEW v_run AS
WITH
-- Ascent and descent, summed over the segments.
climbed AS (
    SELECT
        run_id,
        sum(ascent_m ORDER BY segment_no) AS ascent_m,
        sum(descent_m ORDER BY segment_no) AS descent_m
    FROM segment
    GROUP BY run_id
)
SELECT
    kept_run.run_id,
    kept_run.run_no,
    kept_run.runner_id,
    kept_run.part_of,
    kept_run.duplicate_of,
    kept_run.sport,
    kept_run.indoor,
    kept_run.start_at,
    kept_run.start_local,
    kept_run.tz,
    kept_run.clock_wrong,
    kept_run.elapsed_s,
    kept_run.timer_s,
    kept_run.moving_s,
    kept_run.distance_m,
    climbed.ascent_m,
    climbed.descent_m,
    kept_run.race,
    run_history.planned_s,
    run_history.longest30_s,
    run_history.load_3d_min,
    run_history.load_3d_z,
    run_history.start_hour_local,
    usual_pace.usual_gap_speed_ms,
    run_heat.wbgt_start_c,
    run_heat.heat_14d_c,
    run_heat.heat_above_14d_c,
    kept_run.answer,
    kept_run.answered_how,
    kept_run.answered_at,
    kept_run.records,
    kept_run.simulated
FROM kept_run
LEFT JOIN climbed USING (run_id)
LEFT JOIN run_history USING (run_id)
LEFT JOIN usual_pace USING (run_id)
LEFT JOIN run_heat USING (run_id);

COMMENT ON VIEW v_run IS 'One row per run, rides and duplicates included.';
COMMENT ON COLUMN v_run.run_id IS 'The run: SHA-256 of its decoded start, sport and records.';
COMMENT ON COLUMN v_run.run_no IS 'The run as a small number, used in v_record.';
COMMENT ON COLUMN v_run.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_run.part_of IS 'For a part of a longer event, the first session of the same file; else NULL.';
COMMENT ON COLUMN v_run.duplicate_of IS 'The run that counts instead of this one; NULL if this one counts.';
COMMENT ON COLUMN v_run.sport IS 'running, cycling, swimming, ...: from the file, or corrected by the runner.';
COMMENT ON COLUMN v_run.indoor IS 'TRUE on a treadmill or without any position.';
COMMENT ON COLUMN v_run.start_at IS 'Start, UTC.';
COMMENT ON COLUMN v_run.start_local IS 'Start on the local clock of the place; NULL if unknown.';
COMMENT ON COLUMN v_run.tz IS 'Time zone of start_local.';
COMMENT ON COLUMN v_run.clock_wrong IS 'TRUE if the date of the watch cannot be right; such a run does not count.';
COMMENT ON COLUMN v_run.elapsed_s IS 'From the first to the last record, with pauses, seconds.';
COMMENT ON COLUMN v_run.timer_s IS 'Timer time of the watch, without pauses, seconds.';
COMMENT ON COLUMN v_run.moving_s IS 'Timer time without standing still, seconds.';
COMMENT ON COLUMN v_run.distance_m IS 'Distance, metres.';
COMMENT ON COLUMN v_run.ascent_m IS 'Ascent, metres, from altitudes smoothed over a minute.';
COMMENT ON COLUMN v_run.descent_m IS 'Descent, metres, from altitudes smoothed over a minute.';
COMMENT ON COLUMN v_run.race IS 'TRUE for a race, as entered by the runner; never inferred from the result.';
COMMENT ON COLUMN v_run.planned_s IS 'Planned moving time, seconds: entered by the runner, or else the median of the last 8 runs on that weekday and part of day.';
COMMENT ON COLUMN v_run.longest30_s IS 'Longest moving time in the 30 days before, without this run, seconds.';
COMMENT ON COLUMN v_run.load_3d_min IS 'Moving minutes of all sports in the 3 days before.';
COMMENT ON COLUMN v_run.load_3d_z IS 'load_3d_min compared with the runner''s own 90 days before, standard deviations; NULL with fewer than 5 runs.';
COMMENT ON COLUMN v_run.start_hour_local IS 'Local hour of the start, 0 to 24, decimal.';
COMMENT ON COLUMN v_run.usual_gap_speed_ms IS 'Median grade-adjusted speed of comparable runs in the 90 days before, m/s; NULL with fewer than 5.';
COMMENT ON COLUMN v_run.wbgt_start_c IS 'Wet-bulb globe temperature in the first five minutes, C; NULL if unknown.';
COMMENT ON COLUMN v_run.heat_14d_c IS 'Heat the runner was used to: mean WBGT of their own outdoor runs of this sport in the 14 days before the start, C; NULL if unknown.';
COMMENT ON COLUMN v_run.heat_above_14d_c IS 'wbgt_start_c minus heat_14d_c, C: positive is hotter than the runner was used to; NULL if either is NULL.';
COMMENT ON COLUMN v_run.answer IS 'unanswered, no cramp, cramp or not sure. Unanswered means missing, not "no cramp".';
COMMENT ON COLUMN v_run.answered_how IS 'single, bulk, import or page.';
COMMENT ON COLUMN v_run.answered_at IS 'When the answer was given, UTC.';
COMMENT ON COLUMN v_run.records IS 'Number of stored records.';
COMMENT ON COLUMN v_run.simulated IS 'TRUE if the file is marked as simulated.';
