-- Grain: one row a segment of an outdoor run whose clock is right.
-- Question: what was the weather at the middle of each segment?
-- Notes: linear between the two hours that bound the middle, for the weather place of the run's cell; rain as the sum of
--        the hour it fell in. NULL where an hour is missing: a gap is never filled. Indoor runs have no rows.
CREATE OR REPLACE VIEW v_run_weather AS
WITH
-- Where in its hour the middle lies.
middle AS (
    SELECT
        segment.run_id,
        segment.segment_no,
        weather_cell.weather_cell AS cell,
        date_trunc('hour', segment.middle_at) AS hour_at,
        epoch_us(segment.middle_at) % 3600000000 / 3.6e9 AS share
    FROM segment
    JOIN run USING (run_id)
    LEFT JOIN weather_cell ON weather_cell.cell = segment.cell
    WHERE NOT run.indoor
        AND NOT run.clock_wrong
)
SELECT
    middle.run_id,
    middle.segment_no,
    before.air_temp_c + middle.share * (after.air_temp_c - before.air_temp_c) AS air_temp_c,
    before.rel_humidity_pct + middle.share * (after.rel_humidity_pct - before.rel_humidity_pct) AS rel_humidity_pct,
    before.dew_point_c + middle.share * (after.dew_point_c - before.dew_point_c) AS dew_point_c,
    before.wind_ms + middle.share * (after.wind_ms - before.wind_ms) AS wind_ms,
    after.precip_mm AS precip_mm,
    before.wbgt_c + middle.share * (after.wbgt_c - before.wbgt_c) AS wbgt_c,
    before.provider,
    before.provisional OR after.provisional AS provisional
FROM middle
LEFT JOIN weather_hour AS before ON before.cell = middle.cell AND before.hour_at = middle.hour_at
LEFT JOIN weather_hour AS after
    ON after.cell = middle.cell AND after.hour_at = middle.hour_at + INTERVAL 1 HOUR;

COMMENT ON VIEW v_run_weather IS 'One row a segment of an outdoor run: the weather at its middle.';
COMMENT ON COLUMN v_run_weather.run_id IS 'The run.';
COMMENT ON COLUMN v_run_weather.segment_no IS 'The segment.';
COMMENT ON COLUMN v_run_weather.air_temp_c IS 'Air temperature at 2 m, C; NULL where no hour is known.';
COMMENT ON COLUMN v_run_weather.rel_humidity_pct IS 'Relative humidity, percent.';
COMMENT ON COLUMN v_run_weather.dew_point_c IS 'Dew point, C.';
COMMENT ON COLUMN v_run_weather.wind_ms IS 'Wind at 10 m, m/s.';
COMMENT ON COLUMN v_run_weather.precip_mm IS 'Rain of the hour in which the middle lies, mm.';
COMMENT ON COLUMN v_run_weather.wbgt_c IS 'Wet-bulb globe temperature (Liljegren), C.';
COMMENT ON COLUMN v_run_weather.provider IS 'Where the hours came from; "simulated" for the sample cohort.';
COMMENT ON COLUMN v_run_weather.provisional IS 'TRUE while the source may still correct these hours.';
