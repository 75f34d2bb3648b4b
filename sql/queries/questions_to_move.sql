-- Grain: one row per questionnaire item.
-- Question: which optional questions are answered for the poorer recording and not for the richer one?
SELECT given_id
FROM question_answer
WHERE run_id = $poorer
    AND question NOT IN (SELECT question FROM question_answer WHERE run_id = $richer)
ORDER BY given_id
