-- Grain: at most one row.
-- Question: has a runner added by this change any data by now, apart from what the change itself wrote?
-- Notes: `private` must be attached. A file that could not be read counts too: the ledger lists it for this runner.
WITH
-- Runners added by the change.
added AS (
    SELECT row_key AS runner_id
    FROM change_row
    WHERE change_no = $change_no
        AND table_name = 'runner'
        AND before IS NULL
),
-- All rows that refer to a runner.
dependent AS (
    SELECT runner_id, NULL AS row_key FROM file
    UNION ALL
    SELECT runner_id, NULL FROM private.private_item
    UNION ALL
    SELECT runner_id, given_id FROM question_answer
    UNION ALL
    SELECT runner_id, flag_id FROM runner_flag
)
SELECT runner.name
FROM added
JOIN dependent USING (runner_id)
JOIN runner USING (runner_id)
WHERE dependent.row_key IS NULL
    OR dependent.row_key NOT IN (SELECT row_key FROM change_row WHERE change_no = $change_no)
LIMIT 1
