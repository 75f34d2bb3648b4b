-- Grain: one row per answer to an optional question, about a run or (run_id NULL) about the runner.
-- Question: what did runners answer, and why were they asked?
-- Notes: answers as free text stay in the store: answer and value are NULL then. Answers about a deleted run are left out.
CREATE OR REPLACE VIEW v_question AS
SELECT
    question_answer.runner_id,
    question_answer.run_id,
    question_answer.question,
    question_answer.answer,
    question_answer.value,
    question_answer.unit,
    question_answer.asked_because,
    question_answer.answered_how,
    question_answer.answered_at
FROM question_answer
LEFT JOIN kept_run USING (run_id)
WHERE question_answer.run_id IS NULL
    OR kept_run.run_id IS NOT NULL;

COMMENT ON VIEW v_question IS 'One row per answer to an optional question, about a run or a runner. Answers given only after cramps prove nothing: see v_question_count.';
COMMENT ON COLUMN v_question.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_question.run_id IS 'The run of the question; NULL for a question about the runner.';
COMMENT ON COLUMN v_question.question IS 'The question''s key: clothing, drink, sleep_h, also_cramps, ...';
COMMENT ON COLUMN v_question.answer IS 'The choice, or several separated by commas; NULL for a number and for free text, which stays in the store.';
COMMENT ON COLUMN v_question.value IS 'The number, in the unit of the next column; NULL for other answers.';
COMMENT ON COLUMN v_question.unit IS 'Unit of value: h, of 10, a week (times per week); NULL without a number.';
COMMENT ON COLUMN v_question.asked_because IS 'cramp: the run had a cramp; control: chosen at random among the runs without; own: answered without being asked; profile: about the runner.';
COMMENT ON COLUMN v_question.answered_how IS 'single, bulk, import or page.';
COMMENT ON COLUMN v_question.answered_at IS 'When it was last answered, UTC.';
