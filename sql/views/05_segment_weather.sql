-- Grain: one row a segment of an outdoor run whose clock is right.
-- Question: what was the weather at the middle of each segment, and where is it known from?
-- Notes: internal, it holds cells. Linear between the two hours that bound the middle; of the places within 30 km the
--        nearest that knows both hours, one with WBGT before one without. Radiation is the mean of the hour it fell in,
--        as the source gives it, and so is rain its sum. NULL where an hour is missing: a gap is never filled.
--        Where no hours give an air temperature, what the watch or an export carried with the run, or with another
--        recording of it, stands in: the value nearest in time, at most 2 hours off, in which the air of a summer morning
--        warms by a few degrees. It knows no sun, so WBGT stays NULL and such a segment tells the model nothing of heat.
CREATE OR REPLACE VIEW segment_weather AS
WITH
-- Segments of runs that have weather, with the run that counts for all recordings of it.
outdoor AS (
    SELECT
        segment.run_id,
        segment.segment_no,
        segment.middle_at,
        segment.cell,
        coalesce(kept_run.duplicate_of, kept_run.run_id) AS counted_id
    FROM dated_segment AS segment
    JOIN kept_run USING (run_id)
    WHERE NOT kept_run.indoor
        AND NOT kept_run.clock_wrong
),
-- Where in its hour the middle lies, once for each weather place that could answer.
middle AS (
    SELECT
        outdoor.* EXCLUDE (cell),
        weather_cell.weather_cell AS cell,
        weather_cell.distance_km,
        date_trunc('hour', outdoor.middle_at) AS hour_at,
        epoch_us(outdoor.middle_at) % 3600000000 / 3.6e9 AS share
    FROM outdoor
    LEFT JOIN weather_cell ON weather_cell.cell = outdoor.cell
),
-- What the hours say.
by_hours AS (
    SELECT
        middle.run_id,
        middle.segment_no,
        middle.middle_at,
        middle.counted_id,
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
    ) = 1
),
-- Temperatures that came with a run, as instants, by the run that counts.
carried AS (
    SELECT
        coalesce(kept_run.duplicate_of, kept_run.run_id) AS counted_id,
        kept_run.start_at + to_microseconds((1e6 * carried_weather.elapsed_s)::BIGINT) AS known_at,
        carried_weather.*
    FROM carried_weather
    JOIN kept_run USING (run_id)
    WHERE carried_weather.air_temp_c IS NOT NULL
        AND NOT kept_run.clock_wrong
),
-- Of those the one nearest to each segment that no hours answer.
by_carried AS (
    SELECT
        by_hours.run_id,
        by_hours.segment_no,
        carried.* EXCLUDE (run_id, counted_id)
    FROM by_hours
    JOIN carried
        ON carried.counted_id = by_hours.counted_id
        AND carried.known_at BETWEEN by_hours.middle_at - INTERVAL 2 HOURS AND by_hours.middle_at + INTERVAL 2 HOURS
    WHERE by_hours.air_temp_c IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY by_hours.run_id, by_hours.segment_no
        ORDER BY
            abs(epoch_us(carried.known_at) - epoch_us(by_hours.middle_at)),
            carried.known_at,
            carried.provider = 'watch' DESC,
            carried.provider,
            carried.air_temp_c
    ) = 1
)
SELECT
    by_hours.run_id,
    by_hours.segment_no,
    by_hours.middle_at,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.cell END AS cell,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.air_temp_c ELSE by_carried.air_temp_c END AS air_temp_c,
    CASE
        WHEN by_carried.provider IS NULL THEN by_hours.rel_humidity_pct ELSE by_carried.rel_humidity_pct
    END AS rel_humidity_pct,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.dew_point_c ELSE by_carried.dew_point_c END AS dew_point_c,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.wind_ms ELSE by_carried.wind_ms END AS wind_ms,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.shortwave_wm2 END AS shortwave_wm2,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.direct_wm2 END AS direct_wm2,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.precip_mm ELSE by_carried.precip_mm END AS precip_mm,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.pressure_hpa ELSE by_carried.pressure_hpa END AS pressure_hpa,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.wbgt_c END AS wbgt_c,
    coalesce(by_carried.provider, by_hours.provider) AS provider,
    CASE WHEN by_carried.provider IS NULL THEN by_hours.provisional ELSE FALSE END AS provisional
FROM by_hours
LEFT JOIN by_carried USING (run_id, segment_no);
