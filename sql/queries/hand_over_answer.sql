-- Question: what did the runner say about the poorer copy that the richer one does not know yet?
-- Notes: a sport that no file told is taken from the copy that knows one.
UPDATE run
SET
    sport = CASE
        WHEN run.sport_said IS NULL AND poorer.sport_said IS NOT NULL THEN poorer.sport_said
        WHEN run.sport = 'unknown' THEN poorer.sport
        ELSE run.sport
    END,
    sport_said = coalesce(run.sport_said, poorer.sport_said),
    indoor = CASE WHEN run.indoor_said IS NULL THEN coalesce(poorer.indoor_said, run.indoor) ELSE run.indoor END,
    indoor_said = coalesce(run.indoor_said, poorer.indoor_said),
    answer = CASE WHEN run.answer = 'unanswered' THEN poorer.answer ELSE run.answer END,
    answered_how = CASE WHEN run.answer = 'unanswered' THEN poorer.answered_how ELSE run.answered_how END,
    answered_at = CASE WHEN run.answer = 'unanswered' THEN poorer.answered_at ELSE run.answered_at END,
    race = run.race OR poorer.race,
    planned_s = coalesce(run.planned_s, poorer.planned_s),
    deleted_at = coalesce(run.deleted_at, poorer.deleted_at)
FROM run AS poorer
WHERE poorer.run_id = $poorer
    AND run.run_id = $richer
