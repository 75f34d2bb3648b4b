-- Grain: one row per stage of a nightly.
-- Question: did the nightlies succeed?
CREATE OR REPLACE VIEW v_night AS
SELECT night_id, stage, started_at, ended_at, outcome, detail
FROM night;

COMMENT ON VIEW v_night IS 'One row per stage of a nightly.';
COMMENT ON COLUMN v_night.night_id IS 'The nightly.';
COMMENT ON COLUMN v_night.stage IS 'The stage: inbox, weather, answers, fit, reports, publish.';
COMMENT ON COLUMN v_night.started_at IS 'Start of the stage, UTC.';
COMMENT ON COLUMN v_night.ended_at IS 'End of the stage, UTC.';
COMMENT ON COLUMN v_night.outcome IS 'done or failed.';
COMMENT ON COLUMN v_night.detail IS 'What it did, in counts.';
