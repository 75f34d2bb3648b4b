-- Grain: one row a segment of a run that was not deleted.
-- Question: when, in UTC, was each segment run?
-- Notes: internal, it holds cells. A segment keeps its middle as time since the start: a corrected clock moves it too.
CREATE OR REPLACE VIEW dated_segment AS
SELECT
    segment.*,
    kept_run.start_at + to_microseconds((1e6 * segment.elapsed_middle_s)::BIGINT) AS middle_at
FROM segment
JOIN kept_run USING (run_id);
