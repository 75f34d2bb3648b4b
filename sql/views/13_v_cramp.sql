-- Grain: one row a tagged cramp or tightness.
-- Question: when, where and how bad?
-- Notes: notes in the runner's own words stay in the store.
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

COMMENT ON VIEW v_cramp IS 'One row a tagged cramp or tightness.';
COMMENT ON COLUMN v_cramp.cramp_id IS 'The tag.';
COMMENT ON COLUMN v_cramp.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_cramp.run_id IS 'The run it belongs to.';
COMMENT ON COLUMN v_cramp.sport IS 'Sport of that run.';
COMMENT ON COLUMN v_cramp.phase IS 'during the run, or after it (within 24 h).';
COMMENT ON COLUMN v_cramp.is_onset IS 'TRUE for a cramp of mild or more during the run; tightness is none.';
COMMENT ON COLUMN v_cramp.onset_at IS 'When it began, UTC; NULL for somewhere in the run.';
COMMENT ON COLUMN v_cramp.onset_moving_s IS 'When it began, moving time since the start, seconds; NULL for somewhere in the run.';
COMMENT ON COLUMN v_cramp.uncertainty_s IS 'How far off onset_at may be, either way, seconds.';
COMMENT ON COLUMN v_cramp.muscle IS 'foot, calf, hamstring, quadriceps, adductor, glute, abdomen or other.';
COMMENT ON COLUMN v_cramp.side IS 'left, right or both.';
COMMENT ON COLUMN v_cramp.severity IS 'tightness, mild, moderate or severe.';
COMMENT ON COLUMN v_cramp.effect IS 'What it did to the run: none, slowed, walked or stopped; NULL when nobody said.';
COMMENT ON COLUMN v_cramp.relief IS 'Whether stopping and stretching helped: yes, partly, no or not tried; NULL when nobody said.';
COMMENT ON COLUMN v_cramp.recurred IS 'Whether it came back: yes, no or did not go on; NULL when nobody said.';
COMMENT ON COLUMN v_cramp.recurred_after_s IS 'How long after going on it came back, seconds; NULL when nobody said.';
COMMENT ON COLUMN v_cramp.tagged_how IS 'single, bulk, import or page.';
COMMENT ON COLUMN v_cramp.tagged_at IS 'When it was tagged, UTC.';
