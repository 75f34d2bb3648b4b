-- Grain: one row.
-- Question: what does the store hold, in counts?
-- Notes: the same runs as in `cramplog runs`; only a run on foot waits for an answer. A run has weather when the hour
-- of its start is known within reach of its place.
WITH
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
        ) AS weathered
    FROM counted_run
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
    (SELECT count(DISTINCT cell) FROM weather_hour) AS weather_places,
    (SELECT count(*) FROM weather_hour) AS weather_hours,
    (SELECT max(hour_at) FROM weather_hour) AS weather_until_at
FROM told;
