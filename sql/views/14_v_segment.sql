-- Grain: one row a segment (300 s of moving time) of a run.
-- Question: how was each five minutes run?
-- Notes: a last piece under 150 s is part of the one before. No cell, no place.
CREATE OR REPLACE VIEW v_segment AS
SELECT
    run_id, segment_no, moving_start_s, elapsed_start_s, moving_s, distance_m, ascent_m, descent_m,
    speed_ms, gap_speed_ms, heart_rate_bpm, cadence_spm, device_temp_c, middle_at
FROM dated_segment;

COMMENT ON VIEW v_segment IS 'One row a segment: 300 s of moving time of a run.';
COMMENT ON COLUMN v_segment.run_id IS 'The run.';
COMMENT ON COLUMN v_segment.segment_no IS 'Number of the segment, from 1.';
COMMENT ON COLUMN v_segment.moving_start_s IS 'Moving time at its start, seconds.';
COMMENT ON COLUMN v_segment.elapsed_start_s IS 'Time since the start of the run at its start, pauses in, seconds.';
COMMENT ON COLUMN v_segment.moving_s IS 'Its moving time, seconds.';
COMMENT ON COLUMN v_segment.distance_m IS 'Way made, metres.';
COMMENT ON COLUMN v_segment.ascent_m IS 'Climb, metres.';
COMMENT ON COLUMN v_segment.descent_m IS 'Descent, metres.';
COMMENT ON COLUMN v_segment.speed_ms IS 'Speed, m/s of moving time.';
COMMENT ON COLUMN v_segment.gap_speed_ms IS 'Grade-adjusted speed, m/s: the speed on the flat that costs the same.';
COMMENT ON COLUMN v_segment.heart_rate_bpm IS 'Heart rate, beats a minute, mean over moving time.';
COMMENT ON COLUMN v_segment.cadence_spm IS 'Cadence, steps a minute in running (revolutions in other sports).';
COMMENT ON COLUMN v_segment.device_temp_c IS 'Temperature of the watch on the wrist, C: not the air''s.';
COMMENT ON COLUMN v_segment.middle_at IS 'Instant of its middle, UTC.';
