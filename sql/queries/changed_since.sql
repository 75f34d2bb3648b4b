-- Grain: at most one row.
-- Question: which later change, not taken back, wrote a row that this one wrote, and one of its columns?
-- Notes: a row that was made or deleted (before is NULL, or holds the whole row) meets every later change of it. The moment
--        of a tag rests on its run's clock: who writes one of the two meets who writes the other.
WITH
-- Each row written, and for clocks and moments the run that counts.
written AS (
    SELECT
        change_row.*,
        coalesce(run.duplicate_of, run.run_id) AS clocked_run
    FROM change_row
    LEFT JOIN cramp ON change_row.table_name = 'cramp' AND cramp.cramp_id = change_row.row_key
    LEFT JOIN run
        ON run.run_id = CASE
            WHEN table_name = 'run' AND list_contains(json_keys(before), 'shift_s') THEN row_key
            WHEN table_name = 'cramp' AND (before IS NULL OR list_contains(json_keys(before), 'onset_at'))
                THEN coalesce(before ->> 'run_id', cramp.run_id)
        END
),
-- Changes that met it.
met AS (
    SELECT theirs.change_no
    FROM written AS mine
    JOIN written AS theirs
        ON theirs.table_name = mine.table_name
        AND theirs.row_key = mine.row_key
        AND theirs.change_no > mine.change_no
    WHERE mine.change_no = $change_no
        AND (
            mine.before IS NULL
            OR theirs.before IS NULL
            OR list_has_any(json_keys(mine.before), json_keys(theirs.before))
        )
    UNION
    SELECT theirs.change_no
    FROM written AS mine
    JOIN written AS theirs
        ON theirs.clocked_run = mine.clocked_run
        AND theirs.table_name <> mine.table_name
        AND theirs.change_no > mine.change_no
    WHERE mine.change_no = $change_no
)
SELECT
    change.change_no,
    change.what,
    change.detail
FROM met
JOIN change USING (change_no)
WHERE change.undone_at IS NULL
ORDER BY change.change_no DESC
LIMIT 1
