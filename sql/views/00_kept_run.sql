-- Grain: one row per run that is not deleted, duplicates included.
-- Question: which runs exist?
-- Notes: internal. A deleted run stays in the table: it is recognised if its file is imported again, and it can be restored.
CREATE OR REPLACE VIEW kept_run AS
SELECT *
FROM run
WHERE deleted_at IS NULL;
