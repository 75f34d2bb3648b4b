-- Grain: one row a run that was not deleted, duplicates too.
-- Question: which runs are there?
-- Notes: internal. A deleted run stays in the store so that it is known when its file comes again, and can come back.
CREATE OR REPLACE VIEW kept_run AS
SELECT *
FROM run
WHERE deleted_at IS NULL;
