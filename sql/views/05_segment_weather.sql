-- Grain: one row per segment of an outdoor run with a correct clock.
-- Question: what was the weather at the middle of each segment, and what is its source?
-- Notes: internal, because it contains cells. Values are interpolated linearly between the two hours around the middle.
--        Radiation at hour H is the mean of (H-1, H] and belongs to the half hour H-0:30: it is interpolated between the two
--        half hours around the middle, the later of which may need a third hour. Rain is the sum of the hour that contains
--        the middle, a step. NULL if an hour is missing: gaps are never filled. The source is the nearest weather cell within
--        30 km that has both hours; a cell with WBGT is preferred. It is chosen once per run, cell and hour, so that the many
--        segments only look it up (benchmarks/weather_join.py). Simulated hours are used for simulated runs only.
--        If no hours give an air temperature, the weather in the file or export of the run or of a duplicate is used: the
--        value nearest in time, at most 2 hours away, in which the air warms by a few degrees on a summer morning. It has no
--        solar radiation: WBGT stays NULL, and such a segment gives the model no information about heat.
CREATE OR REPLACE VIEW segment_weather AS
WITH
-- Segments that can have weather: the hour of the middle, the share of that hour, and the run that counts.
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
-- The hours that each run needs in each of its cells, plus the two hours after the last.
needed AS (
    SELECT
        run_id,
        cell,
        bool_and(simulated) AS simulated,
        unnest(generate_series(min(hour_at), max(hour_at) + INTERVAL 2 HOURS, INTERVAL 1 HOUR)) AS hour_at
    FROM outdoor
    GROUP BY run_id, cell
),
-- The values of each cell within 30 km for the hour and the following ones. A missing hour is a row of NULLs, so that the
-- next row is always the next hour.
offered AS (
    SELECT
        needed.run_id,
        needed.cell,
        needed.hour_at,
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
    FROM needed
    JOIN weather_cell ON weather_cell.cell = needed.cell
    LEFT JOIN weather_hour AS this
        ON this.cell = weather_cell.weather_cell
        AND this.hour_at = needed.hour_at
        AND (needed.simulated OR this.provider <> 'simulated')
    WINDOW hours AS (PARTITION BY needed.run_id, needed.cell, weather_cell.weather_cell ORDER BY needed.hour_at)
),
-- The weather cell that is used for the hour.
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
-- The weather at the middle, from the hours.
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
-- Temperatures from files and exports with their instants, by the run that counts.
file_weather AS (
    SELECT
        coalesce(kept_run.duplicate_of, kept_run.run_id) AS counted_id,
        kept_run.start_at + to_microseconds((1e6 * carried_weather.elapsed_s)::BIGINT) AS measured_at,
        carried_weather.*
    FROM carried_weather
    JOIN kept_run USING (run_id)
    WHERE carried_weather.air_temp_c IS NOT NULL
        AND NOT kept_run.clock_wrong
),
-- The temperature nearest in time to each segment without weather hours.
by_file AS (
    SELECT
        by_hours.run_id,
        by_hours.segment_no,
        file_weather.* EXCLUDE (run_id, counted_id)
    FROM by_hours
    JOIN file_weather
        ON file_weather.counted_id = by_hours.counted_id
        AND file_weather.measured_at BETWEEN by_hours.middle_at - INTERVAL 2 HOURS AND by_hours.middle_at + INTERVAL 2 HOURS
    WHERE by_hours.air_temp_c IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY by_hours.run_id, by_hours.segment_no
        ORDER BY
            abs(epoch_us(file_weather.measured_at) - epoch_us(by_hours.middle_at)),
            file_weather.measured_at,
            file_weather.provider = 'watch' DESC,
            file_weather.provider,
            file_weather.air_temp_c
    ) = 1
)
SELECT
    by_hours.run_id,
    by_hours.segment_no,
    by_hours.middle_at,
    CASE WHEN by_file.provider IS NULL THEN by_hours.cell END AS cell,
    CASE WHEN by_file.provider IS NULL THEN by_hours.air_temp_c ELSE by_file.air_temp_c END AS air_temp_c,
    CASE
        WHEN by_file.provider IS NULL THEN by_hours.rel_humidity_pct ELSE by_file.rel_humidity_pct
    END AS rel_humidity_pct,
    CASE WHEN by_file.provider IS NULL THEN by_hours.dew_point_c ELSE by_file.dew_point_c END AS dew_point_c,
    CASE WHEN by_file.provider IS NULL THEN by_hours.wind_ms ELSE by_file.wind_ms END AS wind_ms,
    CASE WHEN by_file.provider IS NULL THEN by_hours.shortwave_wm2 END AS shortwave_wm2,
    CASE WHEN by_file.provider IS NULL THEN by_hours.direct_wm2 END AS direct_wm2,
    CASE WHEN by_file.provider IS NULL THEN by_hours.precip_mm ELSE by_file.precip_mm END AS precip_mm,
    CASE WHEN by_file.provider IS NULL THEN by_hours.pressure_hpa ELSE by_file.pressure_hpa END AS pressure_hpa,
    CASE WHEN by_file.provider IS NULL THEN by_hours.wbgt_c END AS wbgt_c,
    coalesce(by_file.provider, by_hours.provider) AS provider,
    CASE WHEN by_file.provider IS NULL THEN by_hours.provisional ELSE FALSE END AS provisional
FROM by_hours
LEFT JOIN by_file USING (run_id, segment_no);
