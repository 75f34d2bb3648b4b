-- Grain: one row.
-- Question: what does the store contain, in counts?
-- Notes: the same runs as in `cramplog runs`; only runs on foot need an answer. A run has weather if the hour of its start is
--        known in a weather cell within reach; otherwise its file or that of a duplicate may contain a temperature.
WITH
-- Runs with an air temperature in the file or export of a recording.
with_temperature AS (
    SELECT DISTINCT coalesce(kept_run.duplicate_of, kept_run.run_id) AS run_id
    FROM carried_weather
    INNER JOIN kept_run USING (run_id)
    WHERE carried_weather.air_temp_c IS NOT NULL
),
described AS (
    SELECT
        counted_run.*,
        counted_run.sport = 'running' AND counted_run.answer = 'unanswered' AS waits,
        counted_run.cell IS NOT NULL AS outdoor,
        EXISTS (
            SELECT 1
            FROM weather_cell
            INNER JOIN weather_hour ON weather_hour.cell = weather_cell.weather_cell
            WHERE weather_cell.cell = counted_run.cell
                AND weather_hour.hour_at = date_trunc('hour', counted_run.start_at)
        ) AS weathered,
        with_temperature.run_id IS NOT NULL AS carried
    FROM counted_run
    LEFT JOIN with_temperature USING (run_id)
),
onset AS (
    SELECT cramp.run_id
    FROM cramp
    INNER JOIN counted_run USING (run_id)
    WHERE cramp.phase = 'during' AND cramp.severity <> 'tightness'
)
SELECT
    (SELECT count(*) FROM runner) AS runners,
    count(*) AS runs,
    min(described.start_at) AS first_at,
    max(described.start_at) AS last_at,
    coalesce(bool_or(described.simulated), FALSE) AS simulated,
    count(*) FILTER (described.answer <> 'unanswered') AS answered,
    count(*) FILTER (described.waits) AS unanswered,
    (SELECT count(*) FROM onset) AS cramps,
    (SELECT count(DISTINCT run_id) FROM onset) AS cramp_runs,
    count(*) FILTER (described.outdoor) AS outdoor_runs,
    count(*) FILTER (described.outdoor AND described.weathered) AS weathered_runs,
    count(*) FILTER (described.outdoor AND NOT described.weathered AND described.carried) AS carried_runs,
    (SELECT count(DISTINCT cell) FROM weather_hour) AS weather_places,
    (SELECT count(*) FROM weather_hour) AS weather_hours,
    (SELECT max(hour_at) FROM weather_hour) AS weather_until_at
FROM described;
