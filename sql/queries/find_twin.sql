-- Grain: at most one row.
-- Question: is there a counted run of the same runner that is the same run, recorded or exported twice?
-- Notes: the same when they overlap in nine tenths of the shorter one and are about equally long,
--        and their distances differ by less than a tenth (where both are known). Never by file name.
SELECT
    twin.run_id,
    twin.values_kept >= this.values_kept AS twin_is_richer
FROM run AS this
JOIN run AS twin
    ON twin.runner_id = this.runner_id
    AND twin.run_id <> this.run_id
    AND twin.duplicate_of IS NULL
    AND (twin.sport = this.sport OR twin.sport = 'unknown' OR this.sport = 'unknown')
    AND twin.file_sha256 <> this.file_sha256
WHERE this.run_id = $run_id
    AND this.duplicate_of IS NULL
    AND epoch(
        least(this.start_at + to_microseconds((1e6 * this.elapsed_s)::BIGINT), twin.start_at + to_microseconds((1e6 * twin.elapsed_s)::BIGINT))
        - greatest(this.start_at, twin.start_at)
    ) >= 0.9 * greatest(least(this.elapsed_s, twin.elapsed_s), 1)
    AND abs(this.elapsed_s - twin.elapsed_s) <= 0.1 * greatest(this.elapsed_s, twin.elapsed_s)
    AND coalesce(abs(this.distance_m - twin.distance_m) <= 0.1 * greatest(this.distance_m, twin.distance_m), TRUE)
ORDER BY abs(epoch(this.start_at) - epoch(twin.start_at))
LIMIT 1
