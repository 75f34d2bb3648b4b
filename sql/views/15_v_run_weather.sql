-- Grain: one row per segment of an outdoor run with a correct clock.
-- Question: what was the weather at the middle of each segment?
-- Notes: interpolated linearly between the two hours around the middle; NULL if an hour is missing. If no hours are known,
--        the weather in the run's own file or export is used, at most 2 hours away: provider names it, and wbgt_c is NULL.
--        Indoor runs have no rows.
CREATE OR REPLACE VIEW v_run_weather AS
SELECT
    run_id, segment_no, air_temp_c, rel_humidity_pct, dew_point_c, wind_ms, precip_mm, wbgt_c, provider, provisional
FROM segment_weather;

COMMENT ON VIEW v_run_weather IS 'One row per segment of an outdoor run: the weather at its middle.';
COMMENT ON COLUMN v_run_weather.run_id IS 'The run.';
COMMENT ON COLUMN v_run_weather.segment_no IS 'The segment.';
COMMENT ON COLUMN v_run_weather.air_temp_c IS 'Air temperature at 2 m, C; NULL if unknown.';
COMMENT ON COLUMN v_run_weather.rel_humidity_pct IS 'Relative humidity, percent.';
COMMENT ON COLUMN v_run_weather.dew_point_c IS 'Dew point, C.';
COMMENT ON COLUMN v_run_weather.wind_ms IS 'Wind at 10 m, m/s.';
COMMENT ON COLUMN v_run_weather.precip_mm IS 'Rain in the hour that contains the middle, mm.';
COMMENT ON COLUMN v_run_weather.wbgt_c IS 'Wet-bulb globe temperature (Liljegren), C; NULL if solar radiation is unknown, as in weather from files and exports.';
COMMENT ON COLUMN v_run_weather.provider IS 'Source of the weather: the provider of the hours ("simulated" for the sample cohort); or watch, strava export or apple health for weather from the run''s file or export, used if no hours are known.';
COMMENT ON COLUMN v_run_weather.provisional IS 'TRUE while the provider may still correct these hours.';
