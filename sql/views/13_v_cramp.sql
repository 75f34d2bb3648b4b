-- Grain: one row per tagged cramp or tightness.
-- Question: when, where and how severe?
-- Notes: the text of a tag's note stays in the store.
CREATE OR REPLACE VIEW v_cramp AS
SELECT
    cramp.cramp_id,
    cramp.runner_id,
    cramp.run_id,
    kept_run.sport,
    cramp.phase,
    cramp.severity <> 'tightness' AND cramp.phase = 'during' AS is_onset,
    cramp.onset_at,
    cramp.onset_moving_s,
    cramp.uncertainty_s,
    cramp.muscle,
    cramp.side,
    cramp.severity,
    cramp.effect,
    cramp.relief,
    cramp.recurred,
    cramp.recurred_after_s,
    cramp.tagged_how,
    cramp.tagged_at
FROM cramp
JOIN kept_run USING (run_id);

COMMENT ON VIEW v_cramp IS 'One row per tagged cramp or tightness.';
COMMENT ON COLUMN v_cramp.cramp_id IS 'The tag.';
COMMENT ON COLUMN v_cramp.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_cramp.run_id IS 'The run of the tag.';
COMMENT ON COLUMN v_cramp.sport IS 'Sport of that run.';
COMMENT ON COLUMN v_cramp.phase IS 'during the run, or after it (within 24 h).';
COMMENT ON COLUMN v_cramp.is_onset IS 'TRUE for a cramp of at least mild severity during the run; FALSE for tightness.';
COMMENT ON COLUMN v_cramp.onset_at IS 'When it began, UTC; NULL for somewhere in the run.';
COMMENT ON COLUMN v_cramp.onset_moving_s IS 'When it began, moving time since the start, seconds; NULL for somewhere in the run.';
COMMENT ON COLUMN v_cramp.uncertainty_s IS 'Uncertainty of onset_at in either direction, seconds.';
COMMENT ON COLUMN v_cramp.muscle IS 'foot, calf, hamstring, quadriceps, adductor, glute, abdomen or other.';
COMMENT ON COLUMN v_cramp.side IS 'left, right or both.';
COMMENT ON COLUMN v_cramp.severity IS 'tightness, mild, moderate or severe.';
COMMENT ON COLUMN v_cramp.effect IS 'Its effect on the run: none, slowed, walked or stopped; NULL if not answered.';
COMMENT ON COLUMN v_cramp.relief IS 'Whether stopping and stretching helped: yes, partly, no or not tried; NULL if not answered.';
COMMENT ON COLUMN v_cramp.recurred IS 'Whether it came back: yes, no or did not go on; NULL if not answered.';
COMMENT ON COLUMN v_cramp.recurred_after_s IS 'Time from continuing the run to its return, seconds; NULL if not answered.';
COMMENT ON COLUMN v_cramp.tagged_how IS 'single, bulk, import or page.';
COMMENT ON COLUMN v_cramp.tagged_at IS 'When it was tagged, UTC.';
