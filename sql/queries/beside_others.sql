-- Grain: one row a run.
-- Question: which of these runs could be the same as another one at all?
-- Notes: all that find_twin.sql may link and a little more, for many runs at once: most have nothing beside them. Two
--        recordings are beside each other when they overlap in time, when their files' clocks agree to a minute, or when
--        the runner has said something of one of them.
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
asked AS (
    SELECT clocked.*
    FROM clocked
    WHERE run_id IN (SELECT unnest($run_ids::VARCHAR[]))
)
SELECT this.run_id
FROM asked AS this
JOIN clocked AS other
    ON other.runner_id = this.runner_id
    AND other.run_id <> this.run_id
    AND other.start_s < this.end_s
    AND other.end_s > this.start_s
UNION
SELECT this.run_id
FROM asked AS this
JOIN clocked AS other
    ON other.runner_id = this.runner_id
    AND other.run_id <> this.run_id
    AND other.file_start_s BETWEEN this.file_start_s - 60 AND this.file_start_s + 60
UNION
SELECT asked.run_id
FROM asked
JOIN run_pair ON asked.run_id IN (run_pair.run_id, run_pair.other_run_id)
