-- Grain: one row per record of a run in the ledger that is not deleted, and one row per instant with values of further fields;
--        also which run_no is which run_id, and the name and position of each field.
-- Question: what did the sensors record each second?
-- Notes: fills the attached file `snapshot`. Without positions: the records file has none.
CREATE TABLE snapshot.run AS
SELECT run_no, run_id
FROM cramplog.kept_run
ORDER BY run_no;

CREATE TABLE snapshot.record AS
SELECT record.*
FROM records.record
SEMI JOIN cramplog.kept_run USING (run_no);

CREATE TABLE snapshot.field AS
SELECT
    kept_run.run_no,
    (run_field.field_no - 1) // 8 AS block_no,
    (run_field.field_no - 1) % 8 + 1 AS place,
    run_field.field_no,
    run_field.name AS field,
    run_field.unit
FROM cramplog.run_field
JOIN cramplog.kept_run USING (run_id)
ORDER BY kept_run.run_no, run_field.field_no;

CREATE TABLE snapshot.record_field AS
SELECT record_field.*
FROM records.record_field
SEMI JOIN cramplog.kept_run USING (run_no);

COMMENT ON COLUMN snapshot.run.run_id IS 'The run, as in v_run.';
COMMENT ON TABLE snapshot.record IS 'One row per record of the watch (about every second, or per smart-recording step), without positions.';
COMMENT ON COLUMN snapshot.record.run_no IS 'The run''s number in this store, as in v_run; faster to filter by than run_id.';
COMMENT ON COLUMN snapshot.record.elapsed_s IS 'Time since the start, s.';
COMMENT ON COLUMN snapshot.record.timer_s IS 'Time since the start without pauses, s.';
COMMENT ON COLUMN snapshot.record.moving_s IS 'Time since the start without pauses and without standing still, s.';
COMMENT ON COLUMN snapshot.record.distance_m IS 'Distance since the start, m; NULL if not measured.';
COMMENT ON COLUMN snapshot.record.speed_ms IS 'Speed, m/s; NULL if not measured.';
COMMENT ON COLUMN snapshot.record.altitude_m IS 'Altitude, m above sea level; NULL if not measured.';
COMMENT ON COLUMN snapshot.record.heart_rate_bpm IS 'Heart rate, beats per minute; NULL if not measured.';
COMMENT ON COLUMN snapshot.record.cadence_spm IS 'Cadence, steps of both feet per minute; NULL if not measured.';
COMMENT ON COLUMN snapshot.record.power_w IS 'Power, W; NULL if not measured.';
COMMENT ON COLUMN snapshot.record.device_temp_c IS 'Temperature of the watch, °C, warmed by the wrist; NULL if not measured.';

COMMENT ON COLUMN snapshot.field.field_no IS 'Number of the field in this run.';
COMMENT ON COLUMN snapshot.field.field IS 'The field''s name, as given by its format or its maker.';
COMMENT ON COLUMN snapshot.field.unit IS 'Its unit, as in the file; NULL if the file has none.';
COMMENT ON TABLE snapshot.record_field IS 'One row per value of a field beyond the columns of v_record (v_run_field lists them).';
COMMENT ON COLUMN snapshot.record_field.run_no IS 'The run''s number in this store, as in v_run; faster to filter by than run_id.';
COMMENT ON COLUMN snapshot.record_field.elapsed_s IS 'Time since the start, s.';
COMMENT ON COLUMN snapshot.record_field.value_1 IS 'The value, in the unit of the next column.';
