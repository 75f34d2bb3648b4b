-- Question: when did a recording begin, on the clock that the runner corrected in another recording of the same run?
-- Notes: both were in the same place, so the other one's local clock holds for this one too.
UPDATE run
SET
    start_at = run.start_at + to_microseconds((1e6 * (known.shift_s - run.shift_s))::BIGINT),
    start_local = CASE
        WHEN run.start_local IS NOT NULL THEN
            coalesce(known.start_local - known.start_at + run.start_at, run.start_local)
            + to_microseconds((1e6 * (known.shift_s - run.shift_s))::BIGINT)
    END,
    utc_offset_s = coalesce(known.utc_offset_s, run.utc_offset_s),
    clock_wrong = known.clock_wrong,
    shift_s = known.shift_s
FROM run AS known
WHERE known.run_id = $known
    AND run.run_id = $run_id
