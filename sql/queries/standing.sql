-- Grain: one row.
-- Question: what does the store hold, in counts?
-- Notes: the same runs as in `cramplog runs`; only a run on foot waits for an answer. A run has weather when the hour
-- of its start is known within reach of its place; else it may carry a temperature itself, or another recording of it.
WITH
-- Runs of which some recording came with an air temperature.
carrying AS (
    SELECT DISTINCT coalesce(kept_run.duplicate_of, kept_run.run_id) AS run_id
    FROM carried_weather
    INNER JOIN kept_run USING (run_id)
    WHERE carried_weather.air_temp_c IS NOT NULL
),
told AS (
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
        carrying.run_id IS NOT NULL AS carried
    FROM counted_run
    LEFT JOIN carrying USING (run_id)
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
    min(told.start_at) AS first_at,
    max(told.start_at) AS last_at,
    coalesce(bool_or(told.simulated), FALSE) AS simulated,
    count(*) FILTER (told.answer <> 'unanswered') AS answered,
    count(*) FILTER (told.waits) AS unanswered,
    (SELECT count(*) FROM onset) AS cramps,
    (SELECT count(DISTINCT run_id) FROM onset) AS cramp_runs,
    count(*) FILTER (told.outdoor) AS outdoor_runs,
    count(*) FILTER (told.outdoor AND told.weathered) AS weathered_runs,
    count(*) FILTER (told.outdoor AND NOT told.weathered AND told.carried) AS carried_runs,
    (SELECT count(DISTINCT cell) FROM weather_hour) AS weather_places,
    (SELECT count(*) FROM weather_hour) AS weather_hours,
    (SELECT max(hour_at) FROM weather_hour) AS weather_until_at
FROM told;
