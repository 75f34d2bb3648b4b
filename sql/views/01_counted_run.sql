-- Grain: one row a run that counts: neither deleted nor a duplicate of another, its clock believed.
-- Question: which runs may be summed?
-- Notes: internal. `sport` keeps rides and swims in: they are load, and they can cramp.
CREATE OR REPLACE VIEW counted_run AS
SELECT *
FROM kept_run
WHERE duplicate_of IS NULL
    AND NOT clock_wrong;
