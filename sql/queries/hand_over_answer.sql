-- Question: what did the runner say about the poorer copy that the richer one does not know yet?
UPDATE run
SET
    sport = CASE WHEN run.sport = 'unknown' THEN poorer.sport ELSE run.sport END,
    answer = CASE WHEN run.answer = 'unanswered' THEN poorer.answer ELSE run.answer END,
    answered_how = CASE WHEN run.answer = 'unanswered' THEN poorer.answered_how ELSE run.answered_how END,
    answered_at = CASE WHEN run.answer = 'unanswered' THEN poorer.answered_at ELSE run.answered_at END,
    race = run.race OR poorer.race,
    planned_s = coalesce(run.planned_s, poorer.planned_s)
FROM run AS poorer
WHERE poorer.run_id = $poorer
    AND run.run_id = $richer
