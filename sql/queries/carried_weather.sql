-- Grain: one row per moment of weather in the file or export of a run or of its duplicates.
-- Question: which weather did the files contain, and how long after the run's start?
SELECT
    carried_weather.provider,
    carried_weather.elapsed_s + epoch(recording.start_at) - epoch(run.start_at) AS elapsed_s,
    carried_weather.air_temp_c,
    carried_weather.rel_humidity_pct,
    carried_weather.dew_point_c,
    carried_weather.wind_ms,
    carried_weather.precip_mm,
    carried_weather.pressure_hpa
FROM kept_run AS run
JOIN kept_run AS recording ON coalesce(recording.duplicate_of, recording.run_id) = coalesce(run.duplicate_of, run.run_id)
JOIN carried_weather ON carried_weather.run_id = recording.run_id
WHERE run.run_id = $run_id
ORDER BY ALL
