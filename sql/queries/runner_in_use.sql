-- Grain: at most one row.
-- Question: is there anything by now of a runner whom this change added, but for what the change itself wrote?
-- Notes: `private` must be attached. A file that was refused counts too: it is known as this runner's.
WITH
-- Runners the change added.
added AS (
    SELECT row_key AS runner_id
    FROM change_row
    WHERE change_no = $change_no
        AND table_name = 'runner'
        AND before IS NULL
),
-- All that hangs on a runner.
known AS (
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
JOIN known USING (runner_id)
JOIN runner USING (runner_id)
WHERE known.row_key IS NULL
    OR known.row_key NOT IN (SELECT row_key FROM change_row WHERE change_no = $change_no)
LIMIT 1
