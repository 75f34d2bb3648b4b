-- Grain: one row a segment of one runner's outdoor runs whose weather is known.
-- Question: in what air, wind and sun does this runner run?
SELECT
    segment.middle_at,
    weather_cell.weather_cell AS cell,
    weather_hour.dew_point_c,
    weather_hour.wind_ms,
    weather_hour.shortwave_wm2,
    weather_hour.direct_wm2,
    weather_hour.pressure_hpa
FROM segment
JOIN counted_run USING (run_id)
JOIN weather_cell ON weather_cell.cell = segment.cell
JOIN weather_hour
    ON weather_hour.cell = weather_cell.weather_cell
    AND weather_hour.hour_at = date_trunc('hour', segment.middle_at + INTERVAL 30 MINUTE)
WHERE counted_run.runner_id = $runner_id
    AND counted_run.sport = 'running'
    AND NOT counted_run.indoor
ORDER BY segment.middle_at
