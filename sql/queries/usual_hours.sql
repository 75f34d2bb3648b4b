-- Grain: one row per segment of one runner's outdoor runs with known weather hours.
-- Question: in which air, wind and sun does this runner run?
-- Notes: weather from a run's own file has no cell and no radiation, and is left out.
SELECT
    segment_weather.middle_at,
    segment_weather.cell,
    segment_weather.air_temp_c,
    segment_weather.dew_point_c,
    segment_weather.wind_ms,
    segment_weather.shortwave_wm2,
    segment_weather.direct_wm2,
    segment_weather.pressure_hpa
FROM segment_weather
JOIN counted_run USING (run_id)
WHERE counted_run.runner_id = $runner_id
    AND counted_run.sport = 'running'
    AND segment_weather.air_temp_c IS NOT NULL
    AND segment_weather.cell IS NOT NULL
ORDER BY segment_weather.middle_at, segment_weather.run_id
