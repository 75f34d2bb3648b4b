-- Grain: one row per counted run with an answered cramp question.
-- Question: until when was the runner at risk, and did a cramp begin?
-- Notes: internal. The onset is the first cramp of at least mild severity during the run; tightness and cramps after the run
--        are no onsets. Runs answered "not sure" or "unanswered", and "cramp" without a tag, are left out. A cramp somewhere
--        in the run has a window from the start to the first cramp with a known moment, or to the end. Leaving such runs out
--        would keep only the runs without a cramp, and the risk would be too low.
CREATE OR REPLACE VIEW first_onset AS
WITH
-- Tags during the run that count as an onset.
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
    -- With an uncertainty of up to 5 minutes an onset is a point; above that its weight is spread over its window.
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
