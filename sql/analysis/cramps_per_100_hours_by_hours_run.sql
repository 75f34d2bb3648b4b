-- Question: how many cramps began per 100 hours at risk, by how long the run had lasted?
-- Grain: one row a half hour of moving time since the start; the last one is open.
-- Notes: only runs that lasted so long are at risk in the later rows, and fewer of them each time. A cramp is a run's first.
SELECT
    least(floor(moving_start_s / 1800) / 2, 2)::DOUBLE AS from_hours_run,
    count(DISTINCT run_id) AS runs,
    round(sum(minutes) / 60, 1) AS hours_at_risk,
    round(sum(onset), 1) AS cramps,
    count(DISTINCT runner_id) FILTER (onset > 0) AS cramped_runners,
    round(100 * sum(onset) / (sum(minutes) / 60), 2) AS cramps_per_100_h,
    bool_or(simulated) AS simulated
FROM v_hazard_row
GROUP BY from_hours_run
ORDER BY from_hours_run
