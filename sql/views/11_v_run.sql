-- Grain: one row a run that was not deleted, rides and duplicates too.
-- Question: what was run, when, and was the cramp question answered?
-- Notes: planned_s is what was known before the start, never the recorded end. heat_14d_c is what was felt along the
--        runner's own runs before (08_run_heat), not what the place's weather was.
CREATE OR REPLACE VIEW v_run AS
WITH
-- What its segments climb.
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

COMMENT ON VIEW v_run IS 'One row a run, rides and duplicates too.';
COMMENT ON COLUMN v_run.run_id IS 'The run: SHA-256 of its decoded start, sport and records.';
COMMENT ON COLUMN v_run.run_no IS 'The run as a small number, the key of v_record.';
COMMENT ON COLUMN v_run.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_run.part_of IS 'The first session of the same file, for a leg of a longer event; else NULL.';
COMMENT ON COLUMN v_run.duplicate_of IS 'The run that counts instead of this one; NULL when this one counts.';
COMMENT ON COLUMN v_run.sport IS 'running, cycling, swimming, ... as the file says.';
COMMENT ON COLUMN v_run.indoor IS 'TRUE on a treadmill or without any position.';
COMMENT ON COLUMN v_run.start_at IS 'Start, UTC.';
COMMENT ON COLUMN v_run.start_local IS 'Start on the clock of the place of the run; NULL when unknown.';
COMMENT ON COLUMN v_run.tz IS 'Time zone behind start_local.';
COMMENT ON COLUMN v_run.clock_wrong IS 'TRUE when the watch''s date cannot be right; such a run counts nowhere.';
COMMENT ON COLUMN v_run.elapsed_s IS 'First to last record, pauses in, seconds.';
COMMENT ON COLUMN v_run.timer_s IS 'The watch''s timer time, pauses out, seconds.';
COMMENT ON COLUMN v_run.moving_s IS 'Timer time without standing still, seconds.';
COMMENT ON COLUMN v_run.distance_m IS 'Distance, metres.';
COMMENT ON COLUMN v_run.ascent_m IS 'Climb, metres, from heights smoothed over a minute.';
COMMENT ON COLUMN v_run.descent_m IS 'Descent, metres, from heights smoothed over a minute.';
COMMENT ON COLUMN v_run.race IS 'The runner''s word, never inferred from the result.';
COMMENT ON COLUMN v_run.planned_s IS 'Planned moving time, seconds: the runner''s word, else the median of the last 8 runs in that slot of the week.';
COMMENT ON COLUMN v_run.longest30_s IS 'Longest moving time in the 30 days before, this run excluded, seconds.';
COMMENT ON COLUMN v_run.load_3d_min IS 'Moving minutes of all sports in the 3 days before.';
COMMENT ON COLUMN v_run.load_3d_z IS 'load_3d_min against the runner''s own 90 days before, standard deviations; NULL under 5 runs.';
COMMENT ON COLUMN v_run.start_hour_local IS 'Local hour of the start, 0 to 24, decimal.';
COMMENT ON COLUMN v_run.usual_gap_speed_ms IS 'Median grade-adjusted speed of comparable runs in the 90 days before, m/s; NULL under 5.';
COMMENT ON COLUMN v_run.wbgt_start_c IS 'Wet-bulb globe temperature in its first five minutes, C; NULL where unknown.';
COMMENT ON COLUMN v_run.heat_14d_c IS 'Heat the runner was used to: mean WBGT along their own outdoor runs of this sport in the 14 days before the start, C; NULL where none of it is known.';
COMMENT ON COLUMN v_run.heat_above_14d_c IS 'wbgt_start_c less heat_14d_c, C: + is hotter than the runner was used to; NULL where one of them is.';
COMMENT ON COLUMN v_run.answer IS 'unanswered, no cramp, cramp or not sure; unanswered is missing, not negative.';
COMMENT ON COLUMN v_run.answered_how IS 'single, bulk, import or page.';
COMMENT ON COLUMN v_run.answered_at IS 'When the answer was given, UTC.';
COMMENT ON COLUMN v_run.records IS 'Records kept.';
COMMENT ON COLUMN v_run.simulated IS 'TRUE when the file is marked as simulated.';
