-- Grain: one row per runner, question about runs, and answer.
-- Question: how many of the runs with a cramp, and of the other runs asked about, had this answer?
-- Notes: numbers are counted by whole units. Free text is left out, and so are answers given without being asked: the choice
--        of runs would decide the counts. Controls are runs of the random tenth that remained without a cramp. A run asked
--        about for a cramp tag that was deleted counts on neither side.
CREATE OR REPLACE VIEW v_question_count AS
WITH
-- Each answer that counts, with its side: cramp or control.
sided AS (
    SELECT
        question_answer.runner_id,
        question_answer.question,
        coalesce(question_answer.answer, round(question_answer.value)::BIGINT::VARCHAR) AS answer,
        asked_run.asked_because = 'cramp' AS cramped
    FROM question_answer
    JOIN asked_run USING (run_id)
    WHERE coalesce(question_answer.answer, question_answer.value::VARCHAR) IS NOT NULL
        AND (
            question_answer.asked_because = 'control'
            OR (question_answer.asked_because = 'cramp' AND asked_run.asked_because = 'cramp')
        )
),
-- The number of runs of each side with an answer to the question.
answered AS (
    SELECT
        runner_id,
        question,
        count(*) FILTER (cramped) AS cramp_runs_asked,
        count(*) FILTER (NOT cramped) AS control_runs_asked
    FROM sided
    GROUP BY ALL
)
SELECT
    sided.runner_id,
    sided.question,
    sided.answer,
    count(*) FILTER (sided.cramped) AS cramp_runs,
    answered.cramp_runs_asked,
    count(*) FILTER (NOT sided.cramped) AS control_runs,
    answered.control_runs_asked,
    answered.cramp_runs_asked > 0 AND answered.control_runs_asked >= 5 AS comparable
FROM sided
JOIN answered USING (runner_id, question)
GROUP BY ALL;

COMMENT ON VIEW v_question_count IS 'One row per runner, question about runs, and answer: how often after cramps, and how often for other runs asked about. Answers given only after cramps prove nothing.';
COMMENT ON COLUMN v_question_count.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_question_count.question IS 'The question''s key, as in v_question.';
COMMENT ON COLUMN v_question_count.answer IS 'The choice; a number rounded to whole units.';
COMMENT ON COLUMN v_question_count.cramp_runs IS 'Runs with a cramp that had this answer.';
COMMENT ON COLUMN v_question_count.cramp_runs_asked IS 'Runs with a cramp that have an answer to the question.';
COMMENT ON COLUMN v_question_count.control_runs IS 'Runs without a cramp, chosen at random, that had this answer.';
COMMENT ON COLUMN v_question_count.control_runs_asked IS 'Runs without a cramp, chosen at random, that have an answer to the question.';
COMMENT ON COLUMN v_question_count.comparable IS 'TRUE if at least 5 runs without a cramp were asked about. If FALSE, the answers prove nothing: they were given only after cramps.';
