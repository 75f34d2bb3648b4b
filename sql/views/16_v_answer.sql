-- Grain: one row an answer given to the cramp question of a run, those replaced or taken back later too.
-- Question: who answered when, and how often did people change their mind?
-- Notes: the answer that holds is v_run.answer. Answers given to a poorer copy of a run stand under that copy.
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

COMMENT ON VIEW v_answer IS 'One row an answer given to the cramp question, those replaced or taken back later too.';
COMMENT ON COLUMN v_answer.run_id IS 'The run, or the copy of it that was answered.';
COMMENT ON COLUMN v_answer.answer IS 'no cramp, cramp, not sure, or unanswered where an answer was taken away.';
COMMENT ON COLUMN v_answer.answered_how IS 'single, bulk, import or page.';
COMMENT ON COLUMN v_answer.answered_at IS 'When it was given, UTC.';
COMMENT ON COLUMN v_answer.taken_back_at IS 'When it was undone, UTC; NULL when it was not.';
