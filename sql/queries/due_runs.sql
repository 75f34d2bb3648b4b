-- Grain: one row per run of one runner.
-- Question: for which runs is the questionnaire asked and not answered yet?
SELECT
    asked_run.run_id,
    asked_run.on_day,
    asked_run.asked_because
FROM asked_run
ANTI JOIN question_answer USING (run_id)
WHERE asked_run.runner_id = $runner_id
ORDER BY asked_run.start_at DESC, asked_run.run_id
