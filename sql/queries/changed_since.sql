-- Grain: at most one row.
-- Question: which later change, not taken back, wrote a row that this one wrote, and one of its columns?
-- Notes: a row that was made or deleted (before is NULL, or holds the whole row) meets every later change of it.
SELECT
    change.change_no,
    change.what,
    change.detail
FROM change_row AS mine
JOIN change_row AS theirs
    ON theirs.table_name = mine.table_name
    AND theirs.row_key = mine.row_key
    AND theirs.change_no > mine.change_no
JOIN change ON change.change_no = theirs.change_no
WHERE mine.change_no = $change_no
    AND change.undone_at IS NULL
    AND (
        mine.before IS NULL
        OR theirs.before IS NULL
        OR list_has_any(json_keys(mine.before), json_keys(theirs.before))
    )
ORDER BY change.change_no DESC
LIMIT 1
