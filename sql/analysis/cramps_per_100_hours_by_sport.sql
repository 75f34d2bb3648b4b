-- Question: do cramps occur in sports other than running, and in the same people?
-- Grain: one row per recorded sport.
-- Notes: hours at risk are the moving time of answered runs until the first cramp, or half of it for a cramp without a moment.
--        A sport without an answered run has no rate: NULL means unknown, not zero.
WITH
-- Counted runs, and whether they are answered "cramp" or "no cramp".
counted AS (
    SELECT run_id, runner_id, sport, moving_s, simulated, answer IN ('cramp', 'no cramp') AS answered, answer
    FROM v_run
    WHERE duplicate_of IS NULL
        AND NOT clock_wrong
),
-- The first cramp of each run.
first_cramp AS (
    SELECT run_id, min(onset_moving_s) AS onset_s, bool_or(onset_moving_s IS NULL) AS somewhere
    FROM v_cramp
    WHERE is_onset
    GROUP BY run_id
),
-- Answered runs until their first cramp; without those answered "cramp" but without a tag.
at_risk AS (
    SELECT
        counted.*,
        first_cramp.run_id IS NOT NULL AS cramped,
        coalesce(first_cramp.onset_s, counted.moving_s) / if(coalesce(first_cramp.somewhere, FALSE), 2, 1) AS at_risk_s
    FROM counted
    LEFT JOIN first_cramp USING (run_id)
    WHERE counted.answered
        AND (counted.answer = 'no cramp' OR first_cramp.run_id IS NOT NULL)
),
-- Runners with a cramp while running.
cramps_running AS (
    SELECT DISTINCT runner_id
    FROM at_risk
    WHERE cramped
        AND sport = 'running'
),
-- The rate of each sport.
rate AS (
    SELECT
        sport,
        sum(at_risk_s ORDER BY run_id) / 3600 AS hours,
        count(*) FILTER (cramped) AS cramps,
        count(DISTINCT runner_id) FILTER (cramped) AS cramped_runners,
        count(DISTINCT runner_id) FILTER (cramped AND runner_id IN (FROM cramps_running)) AS cramped_running_too
    FROM at_risk
    GROUP BY sport
)
SELECT
    counted.sport,
    count(DISTINCT counted.runner_id) AS runners,
    count(*) AS recorded,
    count(*) FILTER (counted.answered) AS answered,
    round(any_value(rate.hours), 1) AS hours_at_risk,
    any_value(rate.cramps) AS cramps,
    any_value(rate.cramped_runners) AS cramped_runners,
    any_value(rate.cramped_running_too) AS cramped_running_too,
    round(100 * any_value(rate.cramps) / nullif(any_value(rate.hours), 0), 2) AS cramps_per_100_h,
    bool_or(counted.simulated) AS simulated
FROM counted
LEFT JOIN rate USING (sport)
GROUP BY counted.sport
ORDER BY recorded DESC, counted.sport
