-- Grain: one row a runner, question about runs, and answer.
-- Question: how many of the runs with a cramp, and of the other runs asked, had this answer?
-- Notes: numbers are counted by whole units. Own words, and answers told without being asked, are left out: who chose the
--        runs would decide the counts. Controls are runs of the random tenth that stayed without a cramp; a run asked about
--        for a cramp tag that is gone counts on neither side.
CREATE OR REPLACE VIEW v_question_count AS
WITH
-- Each answer that counts, on its side.
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
-- How many runs of each side have an answer to the question.
asked AS (
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
    asked.cramp_runs_asked,
    count(*) FILTER (NOT sided.cramped) AS control_runs,
    asked.control_runs_asked,
    asked.cramp_runs_asked > 0 AND asked.control_runs_asked >= 5 AS comparable
FROM sided
JOIN asked USING (runner_id, question)
GROUP BY ALL;

COMMENT ON VIEW v_question_count IS 'One row a runner, question about runs, and answer: how often after cramps, how often on other runs asked. Answers given only after cramps prove nothing.';
COMMENT ON COLUMN v_question_count.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_question_count.question IS 'The question''s key, as in v_question.';
COMMENT ON COLUMN v_question_count.answer IS 'The choice; a number rounded to whole units.';
COMMENT ON COLUMN v_question_count.cramp_runs IS 'Runs with a cramp that had this answer.';
COMMENT ON COLUMN v_question_count.cramp_runs_asked IS 'Runs with a cramp that have an answer to the question.';
COMMENT ON COLUMN v_question_count.control_runs IS 'Runs without a cramp, picked by chance, that had this answer.';
COMMENT ON COLUMN v_question_count.control_runs_asked IS 'Runs without a cramp, picked by chance, that have an answer to the question.';
COMMENT ON COLUMN v_question_count.comparable IS 'TRUE when at least 5 runs without a cramp were asked. FALSE: answers given only after cramps prove nothing.';
