-- Grain: one row per field of a run that its sensors recorded beyond the columns of v_record.
-- Question: what else was measured, in which unit, and how often?
-- Notes: names and units are as in the file: a maker's field has the name its maker gave it. The values are in
--        v_record_field.
CREATE OR REPLACE VIEW v_run_field AS
SELECT run_id, field_no, name AS field, unit, told_by, n
FROM run_field
SEMI JOIN kept_run USING (run_id);

COMMENT ON VIEW v_run_field IS 'One row per field of a run that its sensors recorded beyond the columns of v_record: running dynamics, fields of makers, beat-to-beat intervals.';
COMMENT ON COLUMN v_run_field.run_id IS 'The run.';
COMMENT ON COLUMN v_run_field.field_no IS 'Number of the field in this run, as in v_record_field; numbers may be missing.';
COMMENT ON COLUMN v_run_field.field IS 'Its name, as given by the file''s format or its maker.';
COMMENT ON COLUMN v_run_field.unit IS 'Its unit, as in the file; NULL if the file has none.';
COMMENT ON COLUMN v_run_field.told_by IS 'Who named it: fit (the format), developer (the maker of the field), gpx or tcx.';
COMMENT ON COLUMN v_run_field.n IS 'Number of values.';
