-- Grain: one row per run that counts: not deleted, no duplicate of another run, and with a plausible clock.
-- Question: which runs may be summed?
-- Notes: internal. All sports are included: rides and swims are load, and cramps occur in them too.
CREATE OR REPLACE VIEW counted_run AS
SELECT *
FROM kept_run
WHERE duplicate_of IS NULL
    AND NOT clock_wrong;
