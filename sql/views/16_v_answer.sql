-- Grain: one row per answer to the cramp question of a run, including answers replaced or undone later.
-- Question: who answered when, and how often did people change their answer?
-- Notes: the present answer is v_run.answer. Answers about a poorer duplicate have that duplicate's run_id.
CREATE OR REPLACE VIEW v_answer AS
SELECT
    answer_given.run_id,
    answer_given.answer,
    answer_given.answered_how,
    answer_given.answered_at,
    change.undone_at AS taken_back_at
FROM answer_given
SEMI JOIN kept_run USING (run_id)
LEFT JOIN change USING (change_no);

COMMENT ON VIEW v_answer IS 'One row per answer to the cramp question, including answers replaced or undone later.';
COMMENT ON COLUMN v_answer.run_id IS 'The run, or the duplicate of it that was answered.';
COMMENT ON COLUMN v_answer.answer IS 'no cramp, cramp, not sure, or unanswered if an answer was deleted.';
COMMENT ON COLUMN v_answer.answered_how IS 'single, bulk, import or page.';
COMMENT ON COLUMN v_answer.answered_at IS 'When it was given, UTC.';
COMMENT ON COLUMN v_answer.taken_back_at IS 'When it was undone, UTC; NULL if it was not.';
