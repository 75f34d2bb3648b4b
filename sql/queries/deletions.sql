-- Grain: one row per deleted run.
-- Question: which change deleted it, so that the change can be undone?
-- Notes: $run_ids: only these runs; NULL for all. A duplicate imported later was deleted with the run it duplicates. The change
--        is NULL if there is none left to undo.
WITH
-- The last change that deleted each run, by the run that counts.
deleting AS (
    SELECT
        coalesce(run.duplicate_of, run.run_id) AS counted_id,
        max(change.change_no) AS change_no
    FROM change_row
    JOIN change USING (change_no)
    JOIN run ON run.run_id = change_row.row_key
    WHERE change_row.table_name = 'run'
        AND list_contains(json_keys(change_row.before), 'deleted_at')
        AND change.undone_at IS NULL
    GROUP BY ALL
)
SELECT
    run.run_id,
    run.file_sha256,
    deleting.change_no
FROM run
LEFT JOIN deleting ON deleting.counted_id = coalesce(run.duplicate_of, run.run_id)
WHERE run.deleted_at IS NOT NULL
    AND ($run_ids::VARCHAR[] IS NULL OR list_contains($run_ids::VARCHAR[], run.run_id))
ORDER BY run.run_no
