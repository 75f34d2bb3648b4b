-- Grain: one row per run.
-- Question: which of these runs may have a duplicate at all?
-- Notes: everything that find_duplicate.sql may link and a little more, for many runs at once: most have none. Two recordings
--        are candidates if they overlap in time, if the clocks of their files agree to a minute, or if the runner merged or
--        separated one of them.
WITH
clocked AS (
    SELECT
        run_id,
        runner_id,
        epoch(start_at) AS start_s,
        epoch(start_at) + elapsed_s AS end_s,
        epoch(start_at) - shift_s AS file_start_s
    FROM run
),
given AS (
    SELECT clocked.*
    FROM clocked
    WHERE run_id IN (SELECT unnest($run_ids::VARCHAR[]))
)
SELECT this.run_id
FROM given AS this
JOIN clocked AS candidate
    ON candidate.runner_id = this.runner_id
    AND candidate.run_id <> this.run_id
    AND candidate.start_s < this.end_s
    AND candidate.end_s > this.start_s
UNION
SELECT this.run_id
FROM given AS this
JOIN clocked AS candidate
    ON candidate.runner_id = this.runner_id
    AND candidate.run_id <> this.run_id
    AND candidate.file_start_s BETWEEN this.file_start_s - 60 AND this.file_start_s + 60
UNION
SELECT given.run_id
FROM given
JOIN run_pair ON given.run_id IN (run_pair.run_id, run_pair.other_run_id)
