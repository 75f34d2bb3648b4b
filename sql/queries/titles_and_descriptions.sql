-- Grain: one row per recording of one runner that has a title or a description.
-- Question: which titles and descriptions does each run have, its own first, then those of its duplicates, the richest first?
SELECT
    coalesce(duplicate_of, run_id) AS counted_id,
    title,
    description
FROM kept_run
WHERE runner_id = $runner_id
    AND (title IS NOT NULL OR description IS NOT NULL)
ORDER BY counted_id, duplicate_of IS NULL DESC, records DESC, run_no
