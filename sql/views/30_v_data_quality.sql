-- Grain: one row per kind of repair or refusal.
-- Question: what had to be repaired or could not be read, and how often?
-- Notes: file names stay in the store.
CREATE OR REPLACE VIEW v_data_quality AS
SELECT
    'repair' AS what,
    kind,
    any_value(detail) AS detail,
    count(DISTINCT coalesce(run_id, file_sha256)) AS runs,
    sum(n)::BIGINT AS times
FROM parse_note
GROUP BY kind
UNION ALL
SELECT
    'refused' AS what,
    outcome AS kind,
    any_value(reason) AS detail,
    count(*) AS runs,
    count(*) AS times
FROM file
WHERE outcome = 'failed'
GROUP BY outcome, reason;

COMMENT ON VIEW v_data_quality IS 'One row per kind of repair or refusal.';
COMMENT ON COLUMN v_data_quality.what IS 'repair, or refused for a file that could not be read.';
COMMENT ON COLUMN v_data_quality.kind IS 'A short fixed name of it.';
COMMENT ON COLUMN v_data_quality.detail IS 'One example.';
COMMENT ON COLUMN v_data_quality.runs IS 'Number of runs (or files) affected.';
COMMENT ON COLUMN v_data_quality.times IS 'Number of occurrences.';
