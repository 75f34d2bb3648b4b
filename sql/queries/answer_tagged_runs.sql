-- Question: which of these runs have a tagged onset but a different answer? They are answered "cramp", as their newest tag says.
UPDATE run
SET answer = 'cramp', answered_how = newest.tagged_how, answered_at = newest.tagged_at
FROM (
    SELECT run_id, arg_max(tagged_how, tagged_at) AS tagged_how, max(tagged_at) AS tagged_at
    FROM cramp
    WHERE phase = 'during'
        AND severity <> 'tightness'
    GROUP BY run_id
) AS newest
WHERE newest.run_id = run.run_id
    AND list_contains($run_ids::VARCHAR[], run.run_id)
    AND run.answer <> 'cramp'
