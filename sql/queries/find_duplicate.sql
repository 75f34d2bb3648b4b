-- Grain: at most one row.
-- Question: is there a counted run of the same runner that is the same run, recorded or exported twice?
-- Notes: nobody runs twice at the same time. Two recordings are the same run if they overlap in nine tenths of the time of the
--        shorter one. The richer one is clearly longer, or else has more values. Sessions of one file are parts of an event,
--        not duplicates. File names are never compared. A pair that the runner merged or separated overrides the times, for
--        all recordings of both runs. Deleted runs are included, so that a duplicate of a deleted run is deleted too. A
--        recording that matches a duplicate is linked to the run that counts for it.
--        If the runner corrected the clock of a run, the clock of its file is compared too, but only together with start,
--        duration and distance: another run may have taken place at that hour. A clock that cannot be right restarts at the
--        same date each time, so it is not compared. A sport that the runner entered does not exclude another file's sport.
--        $counted_id: consider this counted run only; NULL for all. $left_out: recordings that are not considered.
WITH
-- The runner's newest entry for each pair of recordings.
entered AS (
    SELECT
        least(run_id, other_run_id) AS run_id,
        greatest(run_id, other_run_id) AS other_run_id,
        arg_max(same, (said_at, pair_id)) AS same
    FROM run_pair
    GROUP BY ALL
),
-- The same for the runs that count: they are separate if any pair of their recordings is.
entered_counted AS (
    SELECT
        least(
            coalesce(first_run.duplicate_of, first_run.run_id), coalesce(second_run.duplicate_of, second_run.run_id)
        ) AS run_id,
        greatest(
            coalesce(first_run.duplicate_of, first_run.run_id), coalesce(second_run.duplicate_of, second_run.run_id)
        ) AS other_run_id,
        bool_and(entered.same) AS same
    FROM entered
    JOIN run AS first_run ON first_run.run_id = entered.run_id
    JOIN run AS second_run ON second_run.run_id = entered.other_run_id
    GROUP BY ALL
),
-- Each recording on both clocks, seconds: the present one and that of its file.
clocked AS (
    SELECT
        *,
        epoch(start_at) AS start_s,
        epoch(start_at) - shift_s AS file_start_s
    FROM run
),
-- Every further recording of the runner, the run that counts for it, and the comparison of their times.
candidate AS (
    SELECT
        this.run_id,
        this.sport,
        this.sport_said IS NOT NULL OR recording.sport_said IS NOT NULL AS sport_is_entered,
        this.file_sha256,
        this.elapsed_s,
        this.values_kept,
        counted.run_id AS duplicate_id,
        counted.elapsed_s AS duplicate_elapsed_s,
        counted.values_kept AS duplicate_values_kept,
        recording.sport AS duplicate_sport,
        recording.file_sha256 AS duplicate_file,
        abs(this.start_s - recording.start_s) AS apart_s,
        NOT this.clock_wrong
        AND NOT recording.clock_wrong
        AND least(this.start_s + this.elapsed_s, recording.start_s + recording.elapsed_s)
            - greatest(this.start_s, recording.start_s)
            >= 0.9 * greatest(least(this.elapsed_s, recording.elapsed_s), 1) AS at_once,
        this.shift_s <> recording.shift_s
        AND abs(this.file_start_s - recording.file_start_s) <= 60
        AND abs(this.elapsed_s - recording.elapsed_s) <= 0.02 * recording.elapsed_s
        AND abs(coalesce(this.distance_m, 0) - coalesce(recording.distance_m, 0))
            <= 0.05 * coalesce(recording.distance_m, 0)
        AND NOT EXISTS (
            FROM parse_note
            WHERE kind = 'clock_wrong'
                AND parse_note.run_id IN (this.run_id, recording.run_id)
        ) AS same_on_file_clock
    FROM clocked AS this
    JOIN clocked AS recording
        ON recording.runner_id = this.runner_id
    JOIN run AS counted
        ON counted.run_id = coalesce(recording.duplicate_of, recording.run_id)
        AND counted.run_id <> this.run_id
    WHERE this.run_id = $run_id
        AND this.duplicate_of IS NULL
        AND counted.run_id = coalesce($counted_id, counted.run_id)
        AND NOT list_contains($left_out::VARCHAR[], recording.run_id)
)
SELECT
    duplicate_id,
    CASE
        WHEN duplicate_elapsed_s > 1.1 * elapsed_s THEN TRUE
        WHEN elapsed_s > 1.1 * duplicate_elapsed_s THEN FALSE
        ELSE duplicate_values_kept >= values_kept
    END AS duplicate_is_richer,
    same_on_file_clock AND NOT at_once AS on_file_clock
FROM candidate
LEFT JOIN entered_counted
    ON entered_counted.run_id = least(candidate.run_id, duplicate_id)
    AND entered_counted.other_run_id = greatest(candidate.run_id, duplicate_id)
WHERE coalesce(
    entered_counted.same,
    (duplicate_sport = sport OR duplicate_sport = 'unknown' OR sport = 'unknown' OR sport_is_entered)
    AND duplicate_file <> file_sha256
    AND (at_once OR same_on_file_clock)
)
ORDER BY at_once DESC, apart_s
LIMIT 1
