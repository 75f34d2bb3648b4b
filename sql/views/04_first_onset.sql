-- Grain: one row a counted run whose cramp question is answered.
-- Question: until when was the runner at risk, and did a cramp begin?
-- Notes: internal. Onset is the first cramp of mild or more during the run; tightness and cramps after the run are none.
--        "Not sure", "unanswered" and "cramp" without a tag leave the run out. A cramp somewhere in the run has the whole
--        run, up to the first known cramp, as its window: left out, only clean runs would stay, and the risk come out low.
CREATE OR REPLACE VIEW first_onset AS
WITH
-- What was tagged during the run that counts as an onset.
tagged AS (
    SELECT
        run_id,
        min(onset_moving_s) AS onset_s,
        arg_min(uncertainty_s, onset_moving_s) AS uncertainty_s,
        bool_or(onset_moving_s IS NULL) AS somewhere
    FROM cramp
    WHERE phase = 'during'
        AND severity <> 'tightness'
    GROUP BY run_id
)
SELECT
    counted_run.run_id,
    counted_run.runner_id,
    counted_run.sport,
    coalesce(tagged.onset_s, CASE WHEN tagged.somewhere THEN counted_run.moving_s END) AS onset_s,
    -- Up to 5 minutes an onset is a point; beyond that it shares its weight over its window.
    CASE
        WHEN tagged.somewhere THEN 0
        WHEN tagged.uncertainty_s > 300 THEN greatest(tagged.onset_s - tagged.uncertainty_s, 0)
    END AS window_start_s,
    CASE
        WHEN tagged.somewhere THEN coalesce(tagged.onset_s, counted_run.moving_s)
        WHEN tagged.uncertainty_s > 300 THEN least(tagged.onset_s + tagged.uncertainty_s, counted_run.moving_s)
    END AS window_end_s
FROM counted_run
LEFT JOIN tagged USING (run_id)
WHERE counted_run.answer = 'no cramp'
    OR (counted_run.answer = 'cramp' AND tagged.run_id IS NOT NULL);
