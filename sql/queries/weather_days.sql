-- Grain: one row a weather cell and UTC day that has to be asked for.
-- Question: which days are missing, or only provisionally known and old enough for the archive by $settled_before?
-- Notes: a day that was tried in vain waits until its time. Simulated runs have their own weather and ask nobody.
WITH
open_day AS (
    SELECT
        cell,
        day,
        bool_and(heat_known) AS known
    FROM weather_need
    WHERE NOT simulated
        AND (NOT heat_known OR (provisional AND last_at < $settled_before))
    GROUP BY ALL
)
SELECT
    open_day.cell,
    open_day.day,
    open_day.known,
    coalesce(weather_try.host = 'archive' AND weather_try.not_before IS NULL, FALSE) AS archive_empty
FROM open_day
LEFT JOIN weather_try USING (cell, day)
WHERE coalesce(weather_try.not_before <= $now, TRUE)
ORDER BY open_day.cell, open_day.day
