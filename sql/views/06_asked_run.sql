-- Grain: one row per counted run (running only) for which the questionnaire is asked.
-- Question: which runs are asked about, and why?
-- Notes: internal. Asked are runs with a tagged cramp of at least mild severity, during or after the run, and a tenth of the
--        runs answered "no cramp", chosen by the first 8 hex digits of their id, as `in_control_tenth` in
--        pipeline/questions.py does.
CREATE OR REPLACE VIEW asked_run AS
WITH
-- Runs with a tagged cramp; tightness is no cramp.
cramped AS (
    SELECT DISTINCT run_id
    FROM cramp
    WHERE severity <> 'tightness'
)
SELECT
    counted_run.run_id,
    counted_run.runner_id,
    coalesce(counted_run.start_local, counted_run.start_at)::DATE AS on_day,
    counted_run.start_at,
    CASE WHEN cramped.run_id IS NULL THEN 'control' ELSE 'cramp' END AS asked_because
FROM counted_run
LEFT JOIN cramped USING (run_id)
WHERE counted_run.sport = 'running'
    AND (
        cramped.run_id IS NOT NULL
        OR (
            counted_run.answer = 'no cramp'
            AND try_cast('0x' || left(counted_run.run_id, 8) AS UBIGINT) % 10 = 0
        )
    );
