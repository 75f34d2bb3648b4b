-- Grain: one row an answer.
-- Question: which optional questions were answered for the poorer copy and not yet for the richer one?
SELECT given_id
FROM question_answer
WHERE run_id = $poorer
    AND question NOT IN (SELECT question FROM question_answer WHERE run_id = $richer)
ORDER BY given_id
