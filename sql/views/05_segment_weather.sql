-- Grain: one row a segment of an outdoor run whose clock is right.
-- Question: what was the weather at the middle of each segment, and where is it known from?
-- Notes: internal, it holds cells. Linear between the two hours that bound the middle. Radiation written at H is the mean of
--        (H-1, H] and belongs to half an hour before: linear between the two half hours that bound the middle, the later of
--        which may need a third hour. Rain is the sum of the hour the middle lies in, a step. NULL where an hour is missing:
--        a gap is never filled. Of the places within 30 km the nearest that knows both hours answers, one with WBGT before one
--        without: chosen once a run, cell and hour, so that the many segments only look it up (benchmarks/weather_join.py).
--        Simulated hours answer for simulated runs only.
--        Where no hours give an air temperature, what the watch or an export carried with the run, or with another
--        recording of it, stands in: the value nearest in time, at most 2 hours off, in which the air of a summer morning
--        warms by a few degrees. It knows no sun, so WBGT stays NULL and such a segment tells the model nothing of heat.
CREATE OR REPLACE VIEW segment_weather AS
WITH
-- Segments of runs that have weather: where in its hour the middle lies, and the run that counts for all recordings of it.
outdoor AS (
    SELECT
        segment.run_id,
        segment.segment_no,
        segment.middle_at,
        segment.cell,
        date_trunc('hour', segment.middle_at) AS hour_at,
        epoch_us(segment.middle_at) % 3600000000 / 3.6e9 AS share,
        coalesce(kept_run.duplicate_of, kept_run.run_id) AS counted_id,
        kept_run.simulated
    FROM dated_segment AS segment
    JOIN kept_run USING (run_id)
    WHERE NOT kept_run.indoor
        AND NOT kept_run.clock_wrong
),
-- The hours that a run needs in each cell it was in, with the two that follow the last.
asked AS (
    SELECT
        run_id,
        cell,
        bool_and(simulated) AS simulated,
        unnest(generate_series(min(hour_at), max(hour_at) + INTERVAL 2 HOURS, INTERVAL 1 HOUR)) AS hour_at
    FROM outdoor
    GROUP BY run_id, cell
),
-- What each place within reach says of the hour and of the next ones. An hour it does not know is a row of NULLs, so the
-- row that follows is always the hour that follows.
offered AS (
    SELECT
        asked.run_id,
        asked.cell,
        asked.hour_at,
        weather_cell.weather_cell,
        weather_cell.distance_km,
        this.air_temp_c,
        lead(this.air_temp_c) OVER hours AS next_air_temp_c,
        this.rel_humidity_pct,
        lead(this.rel_humidity_pct) OVER hours AS next_rel_humidity_pct,
        this.dew_point_c,
        lead(this.dew_point_c) OVER hours AS next_dew_point_c,
        this.wind_ms,
        lead(this.wind_ms) OVER hours AS next_wind_ms,
        this.pressure_hpa,
        lead(this.pressure_hpa) OVER hours AS next_pressure_hpa,
        this.wbgt_c,
        lead(this.wbgt_c) OVER hours AS next_wbgt_c,
        this.shortwave_wm2,
        lead(this.shortwave_wm2) OVER hours AS next_shortwave_wm2,
        lead(this.shortwave_wm2, 2) OVER hours AS last_shortwave_wm2,
        this.direct_wm2,
        lead(this.direct_wm2) OVER hours AS next_direct_wm2,
        lead(this.direct_wm2, 2) OVER hours AS last_direct_wm2,
        lead(this.precip_mm) OVER hours AS next_precip_mm,
        this.provider,
        this.provisional OR lead(this.provisional) OVER hours AS provisional
    FROM asked
    JOIN weather_cell ON weather_cell.cell = asked.cell
    LEFT JOIN weather_hour AS this
        ON this.cell = weather_cell.weather_cell
        AND this.hour_at = asked.hour_at
        AND (asked.simulated OR this.provider <> 'simulated')
    WINDOW hours AS (PARTITION BY asked.run_id, asked.cell, weather_cell.weather_cell ORDER BY asked.hour_at)
),
-- The one place that answers for the hour.
chosen AS (
    SELECT *
    FROM offered
    QUALIFY row_number() OVER (
        PARTITION BY run_id, cell, hour_at
        ORDER BY
            air_temp_c + next_air_temp_c IS NULL,
            wbgt_c + next_wbgt_c IS NULL,
            distance_km,
            weather_cell
    ) = 1
),
-- What the hours say of the middle.
by_hours AS (
    SELECT
        outdoor.run_id,
        outdoor.segment_no,
        outdoor.middle_at,
        outdoor.counted_id,
        chosen.weather_cell AS cell,
        air_temp_c + share * (next_air_temp_c - air_temp_c) AS air_temp_c,
        rel_humidity_pct + share * (next_rel_humidity_pct - rel_humidity_pct) AS rel_humidity_pct,
        dew_point_c + share * (next_dew_point_c - dew_point_c) AS dew_point_c,
        wind_ms + share * (next_wind_ms - wind_ms) AS wind_ms,
        CASE
            WHEN share < 0.5 THEN shortwave_wm2 + (share + 0.5) * (next_shortwave_wm2 - shortwave_wm2)
            ELSE next_shortwave_wm2 + (share - 0.5) * (last_shortwave_wm2 - next_shortwave_wm2)
        END AS shortwave_wm2,
        CASE
            WHEN share < 0.5 THEN direct_wm2 + (share + 0.5) * (next_direct_wm2 - direct_wm2)
            ELSE next_direct_wm2 + (share - 0.5) * (last_direct_wm2 - next_direct_wm2)
        END AS direct_wm2,
        next_precip_mm AS precip_mm,
        pressure_hpa + share * (next_pressure_hpa - pressure_hpa) AS pressure_hpa,
        wbgt_c + share * (next_wbgt_c - wbgt_c) AS wbgt_c,
        provider,
        provisional
    FROM outdoor
    LEFT JOIN chosen USING (run_id, cell, hour_at)
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
