-- Grain: one row per lap.
-- Question: where was the run divided, by the watch or by pressing its button?
-- Notes: a manual lap is a possible moment of a cramp.
CREATE OR REPLACE VIEW v_lap AS
SELECT run_id, lap_no, elapsed_start_s, elapsed_s, timer_s, distance_m, trigger
FROM lap
SEMI JOIN kept_run USING (run_id);

COMMENT ON VIEW v_lap IS 'One row per lap.';
COMMENT ON COLUMN v_lap.run_id IS 'The run.';
COMMENT ON COLUMN v_lap.lap_no IS 'Number of the lap, from 1.';
COMMENT ON COLUMN v_lap.elapsed_start_s IS 'Start of the lap since the start of the run, with pauses, seconds.';
COMMENT ON COLUMN v_lap.elapsed_s IS 'Duration with pauses, seconds.';
COMMENT ON COLUMN v_lap.timer_s IS 'Duration without pauses, seconds.';
COMMENT ON COLUMN v_lap.distance_m IS 'Distance, metres.';
COMMENT ON COLUMN v_lap.trigger IS 'What ended the lap: manual, distance, time, session_end; NULL if the file does not say.';
