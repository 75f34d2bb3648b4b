-- Grain: one row a segment of an outdoor run whose clock is right.
-- Question: what was the weather at the middle of each segment?
-- Notes: linear between the two hours that bound the middle; NULL where an hour is missing. Where no hours are known, what
--        the run's own file or export carried stands in, at most 2 hours off: provider says so, and wbgt_c is NULL.
--        Indoor runs have no rows.
CREATE OR REPLACE VIEW v_run_weather AS
SELECT
    run_id, segment_no, air_temp_c, rel_humidity_pct, dew_point_c, wind_ms, precip_mm, wbgt_c, provider, provisional
FROM segment_weather;

COMMENT ON VIEW v_run_weather IS 'One row a segment of an outdoor run: the weather at its middle.';
COMMENT ON COLUMN v_run_weather.run_id IS 'The run.';
COMMENT ON COLUMN v_run_weather.segment_no IS 'The segment.';
COMMENT ON COLUMN v_run_weather.air_temp_c IS 'Air temperature at 2 m, C; NULL where it is not known.';
COMMENT ON COLUMN v_run_weather.rel_humidity_pct IS 'Relative humidity, percent.';
COMMENT ON COLUMN v_run_weather.dew_point_c IS 'Dew point, C.';
COMMENT ON COLUMN v_run_weather.wind_ms IS 'Wind at 10 m, m/s.';
COMMENT ON COLUMN v_run_weather.precip_mm IS 'Rain of the hour in which the middle lies, mm.';
COMMENT ON COLUMN v_run_weather.wbgt_c IS 'Wet-bulb globe temperature (Liljegren), C; NULL where the sun is not known, as with what a run carried.';
COMMENT ON COLUMN v_run_weather.provider IS 'Where it is known from: the source of the hours ("simulated" for the sample cohort); or watch, strava export or apple health for what the run carried where no hours are known.';
COMMENT ON COLUMN v_run_weather.provisional IS 'TRUE while the source may still correct these hours.';
