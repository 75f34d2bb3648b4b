-- Grain: one row per run that still needs its automatic forecast.
-- Question: which runs can be forecast as they were at their start, and by which fit?
-- Notes: a counted run on foot with a planned duration that is unanswered, as are all its recordings, even by an answer undone
--        later. It began after the fit in use at that time was made. A log imported at once therefore has no forecasts for the
--        runs before its first fit: a later fit was trained on what came after them. $fewest_runs: the answered runs of the
--        runner that a fit needs. The weather is that of the first segment, used for the whole run.
WITH
-- Runs already answered or forecast.
done AS (
    SELECT coalesce(run.duplicate_of, run.run_id) AS run_id
    FROM run
    WHERE EXISTS (FROM answer_given WHERE answer_given.run_id = run.run_id AND answer_given.answer <> 'unanswered')
        OR EXISTS (FROM prediction WHERE prediction.run_id = run.run_id)
),
-- Unanswered runs without a forecast.
unforecast AS (
    SELECT *
    FROM counted_run
    ANTI JOIN done USING (run_id)
    WHERE counted_run.sport = 'running'
        AND counted_run.answer = 'unanswered'
        AND counted_run.start_at >= (SELECT min(since_at) FROM training_use)
),
-- The training in use when each run began.
used AS (
    SELECT
        unforecast.*,
        training_use.training_id
    FROM unforecast
    JOIN training_use ON training_use.since_at <= unforecast.start_at
    QUALIFY row_number() OVER (PARTITION BY unforecast.run_id ORDER BY training_use.use_no DESC) = 1
),
-- The runner's fit in that training, with the runs added until then.
fitted AS (
    SELECT
        used.*,
        fit.fit_id,
        fit.made_at AS fit_made_at,
        fit.data_hash,
        fit.model_version
    FROM used
    JOIN fit
        ON fit.training_id = used.training_id
        AND fit.runner_id = used.runner_id
        AND fit.made_at <= used.start_at
    WHERE fit.runs >= $fewest_runs
    QUALIFY row_number() OVER (
        PARTITION BY used.run_id ORDER BY fit.made_at DESC, length(fit.fit_id) DESC, fit.fit_id DESC
    ) = 1
)
SELECT
    fitted.run_id,
    fitted.runner_id,
    fitted.start_at,
    run_history.planned_s,
    run_history.longest30_s,
    fitted.race,
    weather.air_temp_c,
    weather.wbgt_c,
    run_history.load_3d_z,
    run_history.start_hour_local,
    fitted.simulated,
    fitted.fit_id,
    fitted.fit_made_at,
    fitted.model_version,
    fitted.data_hash
FROM fitted
JOIN run_history USING (run_id)
LEFT JOIN (
    SELECT
        segment_weather.run_id,
        segment_weather.air_temp_c,
        segment_weather.wbgt_c
    FROM segment_weather
    WHERE segment_weather.segment_no = 1
) AS weather USING (run_id)
WHERE fitted.model_version = $model_version
    AND run_history.planned_s > 0
ORDER BY fitted.runner_id, fitted.start_at, fitted.run_id
