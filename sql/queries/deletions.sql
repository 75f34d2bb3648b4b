-- Grain: one row a deleted run.
-- Question: which change deleted it, so that it can be taken back?
-- Notes: $run_ids: of these runs; NULL for all. A copy that came later was deleted with the run it is a copy of. The change
--        is NULL when there is none left to take back.
WITH
-- Changes that deleted, by the run that counts.
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
