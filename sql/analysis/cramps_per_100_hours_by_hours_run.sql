-- Question: how many cramps began per 100 hours at risk, by how long the run had lasted?
-- Grain: one row per half hour of moving time since the start; the last one is open.
-- Notes: later rows contain only the runs that lasted so long, fewer in each row. Only the first cramp of a run counts.
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
