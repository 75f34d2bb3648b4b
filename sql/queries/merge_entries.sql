-- Grain: one row.
-- Question: which values does the richer of two recordings get if the runner's entries for the poorer one apply to it too?
-- Notes: answer "cramp" overrides every other answer and "unanswered" none; of two others the later one counts. A sport
--        entered for the richer recording stays; an unknown sport is taken from the recording that has one.
SELECT
    CASE
        WHEN richer.sport_said IS NULL AND poorer.sport_said IS NOT NULL THEN poorer.sport_said
        WHEN richer.sport = 'unknown' THEN poorer.sport
        ELSE richer.sport
    END AS sport,
    coalesce(richer.sport_said, poorer.sport_said) AS sport_said,
    CASE WHEN richer.indoor_said IS NULL THEN coalesce(poorer.indoor_said, richer.indoor) ELSE richer.indoor END AS indoor,
    coalesce(richer.indoor_said, poorer.indoor_said) AS indoor_said,
    CASE WHEN poorer_answers THEN poorer.answer ELSE richer.answer END AS answer,
    CASE WHEN poorer_answers THEN poorer.answered_how ELSE richer.answered_how END AS answered_how,
    CASE WHEN poorer_answers THEN poorer.answered_at ELSE richer.answered_at END AS answered_at,
    richer.race OR poorer.race AS race,
    coalesce(richer.planned_s, poorer.planned_s) AS planned_s,
    coalesce(richer.deleted_at, poorer.deleted_at) AS deleted_at
FROM run AS richer
JOIN run AS poorer ON poorer.run_id = $poorer,
LATERAL (
    SELECT CASE
        WHEN 'cramp' IN (richer.answer, poorer.answer) THEN richer.answer <> 'cramp'
        WHEN 'unanswered' IN (richer.answer, poorer.answer) THEN richer.answer = 'unanswered'
        ELSE poorer.answered_at > richer.answered_at
    END AS poorer_answers
)
WHERE richer.run_id = $richer
