-- Grain: one row a field that a run's sensors wrote beyond the columns of v_record.
-- Question: what else was measured, in which unit, and how often?
-- Notes: names and units are the file's own words: a maker's field keeps the name its maker gave it. The values are in
--        v_record_field.
CREATE OR REPLACE VIEW v_run_field AS
SELECT run_id, field_no, name AS field, unit, told_by, n
FROM run_field
SEMI JOIN kept_run USING (run_id);

COMMENT ON VIEW v_run_field IS 'One row a field that a run''s sensors wrote beyond the columns of v_record: running dynamics, fields of makers, beat-to-beat intervals.';
COMMENT ON COLUMN v_run_field.run_id IS 'The run.';
COMMENT ON COLUMN v_run_field.field_no IS 'Number of the field in this run, as in v_record_field; some are left out.';
COMMENT ON COLUMN v_run_field.field IS 'Its name, as the file''s format or its maker gave it.';
COMMENT ON COLUMN v_run_field.unit IS 'Its unit, the file''s own word; NULL when the file is silent.';
COMMENT ON COLUMN v_run_field.told_by IS 'Who named it: fit (the format), developer (the maker of the field), gpx or tcx.';
COMMENT ON COLUMN v_run_field.n IS 'How many values there are.';
