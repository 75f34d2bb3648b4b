-- Grain: one row a segment of an outdoor run whose clock is right.
-- Question: what was the weather at the middle of each segment, and from which weather place?
-- Notes: internal, it holds cells. Linear between the two hours that bound the middle; of the places within 30 km the
--        nearest that knows both hours, one with WBGT before one without. Radiation is the mean of the hour it fell in,
--        as the source gives it, and so is rain its sum. NULL where an hour is missing: a gap is never filled.
CREATE OR REPLACE VIEW segment_weather AS
WITH
-- Where in its hour the middle lies, once for each weather place that could answer.
middle AS (
    SELECT
        segment.run_id,
        segment.segment_no,
        segment.middle_at,
        weather_cell.weather_cell AS cell,
        weather_cell.distance_km,
        date_trunc('hour', segment.middle_at) AS hour_at,
        epoch_us(segment.middle_at) % 3600000000 / 3.6e9 AS share
    FROM dated_segment AS segment
    JOIN kept_run USING (run_id)
    LEFT JOIN weather_cell ON weather_cell.cell = segment.cell
    WHERE NOT kept_run.indoor
        AND NOT kept_run.clock_wrong
)
SELECT
    middle.run_id,
    middle.segment_no,
    middle.middle_at,
    middle.cell,
    before.air_temp_c + middle.share * (after.air_temp_c - before.air_temp_c) AS air_temp_c,
    before.rel_humidity_pct + middle.share * (after.rel_humidity_pct - before.rel_humidity_pct) AS rel_humidity_pct,
    before.dew_point_c + middle.share * (after.dew_point_c - before.dew_point_c) AS dew_point_c,
    before.wind_ms + middle.share * (after.wind_ms - before.wind_ms) AS wind_ms,
    after.shortwave_wm2 AS shortwave_wm2,
    after.direct_wm2 AS direct_wm2,
    after.precip_mm AS precip_mm,
    before.pressure_hpa + middle.share * (after.pressure_hpa - before.pressure_hpa) AS pressure_hpa,
    before.wbgt_c + middle.share * (after.wbgt_c - before.wbgt_c) AS wbgt_c,
    before.provider,
    before.provisional OR after.provisional AS provisional
FROM middle
LEFT JOIN weather_hour AS before ON before.cell = middle.cell AND before.hour_at = middle.hour_at
LEFT JOIN weather_hour AS after
    ON after.cell = middle.cell AND after.hour_at = middle.hour_at + INTERVAL 1 HOUR
QUALIFY row_number() OVER (
    PARTITION BY middle.run_id, middle.segment_no
    ORDER BY
        before.air_temp_c + after.air_temp_c IS NULL,
        before.wbgt_c + after.wbgt_c IS NULL,
        middle.distance_km,
        middle.cell
) = 1;
