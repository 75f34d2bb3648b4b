-- Question: which optional questions were answered for the poorer copy and not yet for the richer one?
UPDATE question_answer
SET run_id = $richer
WHERE run_id = $poorer
    AND question NOT IN (SELECT question FROM question_answer WHERE run_id = $richer)
