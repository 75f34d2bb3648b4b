-- Grain: one row a lap.
-- Question: where did the watch, or a press of the button, cut the run?
-- Notes: a manual press is a candidate for the moment of a cramp.
CREATE OR REPLACE VIEW v_lap AS
SELECT run_id, lap_no, elapsed_start_s, elapsed_s, timer_s, distance_m, trigger
FROM lap
SEMI JOIN kept_run USING (run_id);

COMMENT ON VIEW v_lap IS 'One row a lap.';
COMMENT ON COLUMN v_lap.run_id IS 'The run.';
COMMENT ON COLUMN v_lap.lap_no IS 'Number of the lap, from 1.';
COMMENT ON COLUMN v_lap.elapsed_start_s IS 'Start of the lap since the start of the run, pauses in, seconds.';
COMMENT ON COLUMN v_lap.elapsed_s IS 'Length, pauses in, seconds.';
COMMENT ON COLUMN v_lap.timer_s IS 'Length, pauses out, seconds.';
COMMENT ON COLUMN v_lap.distance_m IS 'Length, metres.';
COMMENT ON COLUMN v_lap.trigger IS 'What closed the lap: manual, distance, time, session_end; NULL when the file is silent.';
