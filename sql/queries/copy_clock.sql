-- Question: when did a recording begin, by the clock that the runner corrected in another recording of the same run?
-- Notes: both were in the same place, so the local clock of the corrected one is valid for this one too.
UPDATE run
SET
    start_at = run.start_at + to_microseconds((1e6 * (corrected.shift_s - run.shift_s))::BIGINT),
    start_local = CASE
        WHEN run.start_local IS NOT NULL THEN
            coalesce(corrected.start_local - corrected.start_at + run.start_at, run.start_local)
            + to_microseconds((1e6 * (corrected.shift_s - run.shift_s))::BIGINT)
    END,
    utc_offset_s = coalesce(corrected.utc_offset_s, run.utc_offset_s),
    clock_wrong = corrected.clock_wrong,
    shift_s = corrected.shift_s
FROM run AS corrected
WHERE corrected.run_id = $corrected
    AND run.run_id = $run_id
