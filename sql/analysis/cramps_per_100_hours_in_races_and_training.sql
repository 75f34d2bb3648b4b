-- Question: how many cramps began per 100 hours at risk in races and in training, in the same hour of the run?
-- Grain: one row per hour of moving time since the start and kind of run; the third hour is open.
-- Notes: races are longer than most training runs, so the two are compared hour by hour. Races are marked by the runner. They
--        are also run faster, on other days and in other weather: this compares runs, not efforts.
SELECT
    least(floor(moving_start_s / 3600), 2)::INTEGER + 1 AS hour_of_run,
    if(race, 'race', 'training') AS kind,
    count(DISTINCT run_id) AS runs,
    round(sum(minutes) / 60, 1) AS hours_at_risk,
    round(sum(onset), 1) AS cramps,
    count(DISTINCT runner_id) FILTER (onset > 0) AS cramped_runners,
    round(100 * sum(onset) / (sum(minutes) / 60), 2) AS cramps_per_100_h,
    bool_or(simulated) AS simulated
FROM v_hazard_row
GROUP BY hour_of_run, kind
ORDER BY hour_of_run, kind
