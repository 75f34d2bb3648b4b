-- Grain: one row a record of a run that the ledger has and that is not deleted; beside it, which run_no is which run_id.
-- Question: what did the sensors write each second?
-- Notes: fills the attached file `snapshot`. No place: records.record holds none.
CREATE TABLE snapshot.run AS
SELECT run_no, run_id
FROM cramplog.kept_run
ORDER BY run_no;

CREATE TABLE snapshot.record AS
SELECT record.*
FROM records.record
SEMI JOIN cramplog.kept_run USING (run_no);

COMMENT ON COLUMN snapshot.run.run_id IS 'The run, as in v_run.';
COMMENT ON TABLE snapshot.record IS 'One row a record of the watch (about a second, or a smart-recording step), without place.';
COMMENT ON COLUMN snapshot.record.run_no IS 'The run''s number in this store, as in v_run; quicker to filter by than run_id.';
COMMENT ON COLUMN snapshot.record.elapsed_s IS 'Time since the start, s.';
COMMENT ON COLUMN snapshot.record.timer_s IS 'Time since the start without pauses, s.';
COMMENT ON COLUMN snapshot.record.moving_s IS 'Time since the start without pauses and standing still, s.';
COMMENT ON COLUMN snapshot.record.distance_m IS 'Distance since the start, m; NULL where not measured.';
COMMENT ON COLUMN snapshot.record.speed_ms IS 'Speed, m/s; NULL where not measured.';
COMMENT ON COLUMN snapshot.record.altitude_m IS 'Altitude, m above sea level; NULL where not measured.';
COMMENT ON COLUMN snapshot.record.heart_rate_bpm IS 'Heart rate, beats a minute; NULL where not measured.';
COMMENT ON COLUMN snapshot.record.cadence_spm IS 'Cadence, steps of both feet a minute; NULL where not measured.';
COMMENT ON COLUMN snapshot.record.power_w IS 'Power, W; NULL where not measured.';
COMMENT ON COLUMN snapshot.record.device_temp_c IS 'Temperature of the watch, °C, warmed by the wrist; NULL where not measured.';
