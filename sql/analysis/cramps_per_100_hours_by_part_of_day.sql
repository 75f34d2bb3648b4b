-- Question: how many cramps began per 100 hours at risk, by the part of the day in which the run started?
-- Grain: one row per part of the local day, and one for runs with an unknown local clock.
-- Notes: the hour of the start is used for the whole run, because the hour during a run also depends on how long it has lasted.
--        Mornings may be cooler, and races start in them: heat and the share of hours in races are shown too.
WITH
-- Each segment at risk with the part of the day in which its run started.
dated AS (
    SELECT
        CASE
            WHEN start_hour_local IS NULL THEN 'unknown'
            WHEN start_hour_local < 11 THEN 'morning, before 11'
            WHEN start_hour_local < 16 THEN 'midday, 11 to 16'
            ELSE 'evening, 16 and later'
        END AS part_of_day,
        *
    FROM v_hazard_row
)
SELECT
    part_of_day,
    count(DISTINCT run_id) AS runs,
    round(sum(minutes) / 60, 1) AS hours_at_risk,
    round(sum(onset), 1) AS cramps,
    count(DISTINCT runner_id) FILTER (onset > 0) AS cramped_runners,
    round(100 * sum(onset) / (sum(minutes) / 60), 2) AS cramps_per_100_h,
    round(sum(wbgt_c * minutes) / sum(minutes) FILTER (wbgt_c IS NOT NULL), 1) AS mean_wbgt_c,
    round(100 * sum(race::INTEGER * minutes) / sum(minutes), 1) AS in_races_pct,
    bool_or(simulated) AS simulated
FROM dated
GROUP BY part_of_day
ORDER BY min(start_hour_local) NULLS LAST
