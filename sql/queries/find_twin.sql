-- Grain: at most one row.
-- Question: is there a counted run of the same runner that is the same run, recorded or exported twice?
-- Notes: nobody runs twice at once: two recordings are the same when they overlap in nine tenths of the shorter one's
--        time. The richer one is clearly longer, or else holds more values. Sessions of one file are legs, no copies.
--        Never by file name. What the runner said of two recordings is stronger than their times; a deleted run is
--        still known, so that another copy of it stays deleted.
WITH
-- The runner's newest word on each two recordings.
told AS (
    SELECT
        least(run_id, other_run_id) AS run_id,
        greatest(run_id, other_run_id) AS other_run_id,
        arg_max(same, said_at) AS same
    FROM run_pair
    GROUP BY ALL
)
SELECT
    twin.run_id,
    CASE
        WHEN twin.elapsed_s > 1.1 * this.elapsed_s THEN TRUE
        WHEN this.elapsed_s > 1.1 * twin.elapsed_s THEN FALSE
        ELSE twin.values_kept >= this.values_kept
    END AS twin_is_richer
FROM run AS this
JOIN run AS twin
    ON twin.runner_id = this.runner_id
    AND twin.run_id <> this.run_id
    AND twin.duplicate_of IS NULL
LEFT JOIN told
    ON told.run_id = least(this.run_id, twin.run_id)
    AND told.other_run_id = greatest(this.run_id, twin.run_id)
WHERE this.run_id = $run_id
    AND this.duplicate_of IS NULL
    AND coalesce(
        told.same,
        (twin.sport = this.sport OR twin.sport = 'unknown' OR this.sport = 'unknown')
        AND twin.file_sha256 <> this.file_sha256
        AND NOT this.clock_wrong
        AND NOT twin.clock_wrong
        AND epoch(
            least(
                this.start_at + to_microseconds((1e6 * this.elapsed_s)::BIGINT),
                twin.start_at + to_microseconds((1e6 * twin.elapsed_s)::BIGINT)
            ) - greatest(this.start_at, twin.start_at)
        ) >= 0.9 * greatest(least(this.elapsed_s, twin.elapsed_s), 1)
    )
ORDER BY abs(epoch(this.start_at) - epoch(twin.start_at))
LIMIT 1
