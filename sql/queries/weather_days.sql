-- Grain: one row per weather cell and UTC day that has to be requested.
-- Question: which days are missing, or provisional and old enough for the archive ($settled_before)?
-- Notes: a day requested without success waits until its time. Simulated runs have their own weather and need no request.
WITH
open_day AS (
    SELECT
        cell,
        day,
        bool_and(heat_known) AS has_hours
    FROM weather_need
    WHERE NOT simulated
        AND (NOT heat_known OR (provisional AND last_at < $settled_before))
    GROUP BY ALL
)
SELECT
    open_day.cell,
    open_day.day,
    open_day.has_hours,
    coalesce(weather_try.host = 'archive' AND weather_try.not_before IS NULL, FALSE) AS archive_empty
FROM open_day
LEFT JOIN weather_try USING (cell, day)
WHERE coalesce(weather_try.not_before <= $now, TRUE)
ORDER BY open_day.cell, open_day.day
