-- Grain: at most one row.
-- Question: which later change, not undone, wrote the same row and one of the same columns as this change?
-- Notes: for a row that was added or deleted (before is NULL, or holds the whole row), every later change of the row counts.
--        The moment of a tag depends on its run's clock: a change of one counts as a change of the other.
WITH
-- Each row written; for clocks and moments also the run that counts.
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
-- Later changes that wrote the same.
later AS (
    SELECT newer.change_no
    FROM written AS this
    JOIN written AS newer
        ON newer.table_name = this.table_name
        AND newer.row_key = this.row_key
        AND newer.change_no > this.change_no
    WHERE this.change_no = $change_no
        AND (
            this.before IS NULL
            OR newer.before IS NULL
            OR list_has_any(json_keys(this.before), json_keys(newer.before))
        )
    UNION
    SELECT newer.change_no
    FROM written AS this
    JOIN written AS newer
        ON newer.clocked_run = this.clocked_run
        AND newer.table_name <> this.table_name
        AND newer.change_no > this.change_no
    WHERE this.change_no = $change_no
)
SELECT
    change.change_no,
    change.what,
    change.detail
FROM later
JOIN change USING (change_no)
WHERE change.undone_at IS NULL
ORDER BY change.change_no DESC
LIMIT 1
