-- Grain: at most one row.
-- Question: in which weather cell were most of this runner's recent runs?
-- Notes: in the 90 days that end with the last run with a cell; of two equal cells, that of the latest run.
WITH
-- Runs on foot with a cell.
placed AS (
    SELECT cell, start_at
    FROM counted_run
    WHERE runner_id = $runner_id
        AND sport = 'running'
        AND cell IS NOT NULL
)
SELECT cell
FROM placed
WHERE start_at >= (SELECT max(start_at) FROM placed) - INTERVAL 90 DAYS
GROUP BY cell
ORDER BY count(*) DESC, max(start_at) DESC
LIMIT 1
