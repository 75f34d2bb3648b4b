-- Grain: at most one row.
-- Question: is there a counted run of the same runner that is the same run, recorded or exported twice?
-- Notes: nobody runs twice at once: two recordings are the same when they overlap in nine tenths of the shorter one's
--        time. The richer one is clearly longer, or else holds more values. Sessions of one file are legs, no copies.
--        Never by file name. What the runner said of two recordings is stronger than their times, for all their copies;
--        a deleted run is still known, so that another copy of it stays deleted; and who is the same as a copy is the same
--        as the run that counts for it. A run whose clock the runner corrected
--        is known again on its file's clock too, but only by start, length and way together: at that hour another run
--        may have been. A clock that cannot be right begins anew at the same date, so it makes nothing known again.
--        A sport that the runner gave says nothing of what another file calls it.
--        $other_id: look at this one only; NULL for all. $left_out: not at these.
WITH
-- The runner's newest word on each two recordings.
told AS (
    SELECT
        least(run_id, other_run_id) AS run_id,
        greatest(run_id, other_run_id) AS other_run_id,
        arg_max(same, (said_at, pair_id)) AS same
    FROM run_pair
    GROUP BY ALL
),
-- The same for the runs that count: one "no" among their recordings keeps them apart.
told_counted AS (
    SELECT
        least(coalesce(one.duplicate_of, one.run_id), coalesce(other.duplicate_of, other.run_id)) AS run_id,
        greatest(coalesce(one.duplicate_of, one.run_id), coalesce(other.duplicate_of, other.run_id)) AS other_run_id,
        bool_and(told.same) AS same
    FROM told
    JOIN run AS one ON one.run_id = told.run_id
    JOIN run AS other ON other.run_id = told.other_run_id
    GROUP BY ALL
),
-- Each recording on both clocks, seconds: the one that counts, and its file's.
clocked AS (
    SELECT
        *,
        epoch(start_at) AS start_s,
        epoch(start_at) - shift_s AS file_start_s
    FROM run
),
-- Every recording beside this one with the run that counts for it, and what their times say.
beside_it AS (
    SELECT
        this.run_id,
        this.sport,
        this.sport_said IS NOT NULL OR twin.sport_said IS NOT NULL AS sport_was_said,
        this.file_sha256,
        this.elapsed_s,
        this.values_kept,
        counted.run_id AS twin_id,
        counted.elapsed_s AS twin_elapsed_s,
        counted.values_kept AS twin_values_kept,
        twin.sport AS twin_sport,
        twin.file_sha256 AS twin_file,
        abs(this.start_s - twin.start_s) AS apart_s,
        NOT this.clock_wrong
        AND NOT twin.clock_wrong
        AND least(this.start_s + this.elapsed_s, twin.start_s + twin.elapsed_s) - greatest(this.start_s, twin.start_s)
            >= 0.9 * greatest(least(this.elapsed_s, twin.elapsed_s), 1) AS at_once,
        this.shift_s <> twin.shift_s
        AND abs(this.file_start_s - twin.file_start_s) <= 60
        AND abs(this.elapsed_s - twin.elapsed_s) <= 0.02 * twin.elapsed_s
        AND abs(coalesce(this.distance_m, 0) - coalesce(twin.distance_m, 0)) <= 0.05 * coalesce(twin.distance_m, 0)
        AND NOT EXISTS (
            FROM parse_note
            WHERE kind = 'clock_wrong'
                AND parse_note.run_id IN (this.run_id, twin.run_id)
        ) AS same_on_file_clock
    FROM clocked AS this
    JOIN clocked AS twin
        ON twin.runner_id = this.runner_id
    JOIN run AS counted
        ON counted.run_id = coalesce(twin.duplicate_of, twin.run_id)
        AND counted.run_id <> this.run_id
    WHERE this.run_id = $run_id
        AND this.duplicate_of IS NULL
        AND counted.run_id = coalesce($other_id, counted.run_id)
        AND NOT list_contains($left_out::VARCHAR[], twin.run_id)
)
SELECT
    twin_id,
    CASE
        WHEN twin_elapsed_s > 1.1 * elapsed_s THEN TRUE
        WHEN elapsed_s > 1.1 * twin_elapsed_s THEN FALSE
        ELSE twin_values_kept >= values_kept
    END AS twin_is_richer,
    same_on_file_clock AND NOT at_once AS on_file_clock
FROM beside_it
LEFT JOIN told_counted
    ON told_counted.run_id = least(beside_it.run_id, twin_id)
    AND told_counted.other_run_id = greatest(beside_it.run_id, twin_id)
WHERE coalesce(
    told_counted.same,
    (twin_sport = sport OR twin_sport = 'unknown' OR sport = 'unknown' OR sport_was_said)
    AND twin_file <> file_sha256
    AND (at_once OR same_on_file_clock)
)
ORDER BY at_once DESC, apart_s
LIMIT 1
