-- Grain: one row per runner who answered how many of their last ten races had a cramp.
-- Question: which first answer counts, and since when is it known?
-- Notes: a corrected answer is known since its last correction; a correction that was undone does not count.
SELECT
    runner.runner_id,
    runner.cramps_last_10_races,
    runner.usual_race,
    greatest(runner.added_at, max(change.made_at)) AS answered_at
FROM runner
LEFT JOIN change_row
    ON change_row.table_name = 'runner'
    AND change_row.row_key = runner.runner_id
    AND list_contains(json_keys(change_row.before), 'cramps_last_10_races')
LEFT JOIN change
    ON change.change_no = change_row.change_no
    AND change.undone_at IS NULL
WHERE runner.cramps_last_10_races IS NOT NULL
GROUP BY runner.runner_id, runner.cramps_last_10_races, runner.usual_race, runner.added_at
ORDER BY length(runner.runner_id), runner.runner_id
