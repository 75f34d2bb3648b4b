-- Grain: one row per segment of a run that is not deleted.
-- Question: when, in UTC, was each segment run?
-- Notes: internal, because it contains cells. A segment's middle is stored as time since the start, so that correcting the
--        clock moves it too.
CREATE OR REPLACE VIEW dated_segment AS
SELECT
    segment.*,
    kept_run.start_at + to_microseconds((1e6 * segment.elapsed_middle_s)::BIGINT) AS middle_at
FROM segment
JOIN kept_run USING (run_id);
