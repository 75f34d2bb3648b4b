-- Grain: one row.
-- Question: what are a run's title, description and gear?
-- Notes: the run's own, or else those of its duplicates, the richest first.
WITH
-- The recordings of the run, itself first.
recording AS (
    SELECT
        title,
        description,
        gear,
        row_number() OVER (ORDER BY run_id = $run_id DESC, records DESC, run_no) AS place
    FROM kept_run
    WHERE run_id = $run_id
        OR duplicate_of = $run_id
)
SELECT
    arg_min(title, place) FILTER (title IS NOT NULL) AS title,
    arg_min(description, place) FILTER (description IS NOT NULL) AS description,
    arg_min(gear, place) FILTER (gear IS NOT NULL) AS gear
FROM recording
