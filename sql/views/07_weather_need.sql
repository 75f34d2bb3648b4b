-- Grain: one row per counted outdoor run, weather cell of the run, and UTC day.
-- Question: which hours does a run need in each cell, and does one weather cell have all hours of that day?
-- Notes: internal, because it contains cells. The hours needed are from the hour of the start (or of the first middle in the
--        cell) to two hours after that of the last middle: a middle needs the hours before and after it, and radiation, a
--        mean of the hour before, reaches half an hour further. One weather cell has to have the whole day, because
--        segment_weather takes both hours from one cell.
--        Hours from a file are used within 30 km. Hours fetched from the service are used for their own cell, and for a cell
--        within 15 km with a known elevation that differs by less than 300 m (pipeline/weather/service/plan.py uses the
--        same rule); for other cells they are requested.
--        An hour with solar radiation counts as known even without a WBGT: requesting it again would not solve the WBGT,
--        which fails for 1 hour in 6,000. Simulated hours are used for simulated runs only.
CREATE OR REPLACE VIEW weather_need AS
WITH
-- The first and last hour of each run in each cell.
span AS (
    SELECT
        segment.run_id,
        segment.cell,
        counted_run.simulated,
        date_trunc(
            'hour', min(CASE WHEN segment.segment_no = 1 THEN counted_run.start_at ELSE segment.middle_at END)
        ) AS first_at,
        date_trunc('hour', max(segment.middle_at)) + INTERVAL 2 HOURS AS last_at
    FROM dated_segment AS segment
    JOIN counted_run USING (run_id)
    WHERE NOT counted_run.indoor
        AND segment.cell IS NOT NULL
    GROUP BY ALL
),
needed AS (
    SELECT
        span.run_id,
        span.cell,
        span.simulated,
        unnest(generate_series(span.first_at, span.last_at, INTERVAL 1 HOUR)) AS hour_at
    FROM span
),
needed_day AS (
    SELECT
        run_id,
        cell,
        simulated,
        hour_at::DATE AS day,
        max(hour_at) AS last_at,
        count(*) AS hours
    FROM needed
    GROUP BY ALL
),
-- How many of these hours each weather cell within reach has.
by_place AS (
    SELECT
        needed.run_id,
        needed.cell,
        needed.hour_at::DATE AS day,
        weather_cell.weather_cell,
        count(weather_hour.air_temp_c) AS air_hours,
        count(*) FILTER (
            weather_hour.wbgt_c IS NOT NULL
            OR weather_hour.air_temp_c + weather_hour.rel_humidity_pct + weather_hour.wind_ms + weather_hour.shortwave_wm2
                IS NOT NULL
        ) AS heat_hours,
        bool_or(weather_hour.provisional) AS provisional
    FROM needed
    JOIN weather_cell ON weather_cell.cell = needed.cell
    JOIN weather_hour ON weather_hour.cell = weather_cell.weather_cell AND weather_hour.hour_at = needed.hour_at
    LEFT JOIN weather_height ON weather_height.cell = needed.cell
    WHERE (needed.simulated OR weather_hour.provider <> 'simulated')
        AND (
            weather_cell.weather_cell = needed.cell
            OR weather_hour.model IS DISTINCT FROM 'best_match'
            OR (
                weather_cell.distance_km <= 15
                AND coalesce(abs(weather_hour.elevation_m - weather_height.elevation_m) < 300, FALSE)
            )
        )
    GROUP BY ALL
)
SELECT
    needed_day.run_id,
    needed_day.cell,
    needed_day.day,
    needed_day.simulated,
    needed_day.last_at,
    coalesce(bool_or(by_place.air_hours = needed_day.hours), FALSE) AS air_known,
    coalesce(bool_or(by_place.heat_hours = needed_day.hours), FALSE) AS heat_known,
    coalesce(bool_and(by_place.provisional) FILTER (by_place.heat_hours = needed_day.hours), FALSE) AS provisional
FROM needed_day
LEFT JOIN by_place USING (run_id, cell, day)
GROUP BY ALL;
