-- Grain: at most one row.
-- Question: which recording was imported after a change that merged or separated runs, and belongs to one of them now?
-- Notes: the runner's entries have moved to it by then and cannot be separated again.
SELECT newer.run_id
FROM change_row
JOIN change USING (change_no)
JOIN run
    ON run.run_id = change_row.row_key
    OR run.run_id = change_row.before ->> 'duplicate_of'
JOIN run AS newer ON coalesce(newer.duplicate_of, newer.run_id) = coalesce(run.duplicate_of, run.run_id)
WHERE change_row.change_no = $change_no
    AND change_row.table_name = 'run'
    AND list_contains(json_keys(change_row.before), 'duplicate_of')
    AND newer.ingested_at > change.made_at
LIMIT 1
