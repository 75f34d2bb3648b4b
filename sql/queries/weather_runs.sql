-- Grain: one row per run that is neither deleted nor a duplicate.
-- Question: does each run have its weather, and if not, why?
-- Notes: `state` is the first of these that applies; $now decides which earlier tries still block a request. `reason` is the
--        service's text.
WITH
-- All cells of a run combined.
needed AS (
    SELECT
        run_id,
        bool_and(air_known) AS air_known,
        bool_and(heat_known) AS heat_known,
        bool_or(provisional) AS provisional
    FROM weather_need
    GROUP BY run_id
),
-- Tries that prevent a request for a run's missing days at present.
blocked AS (
    SELECT
        weather_need.run_id,
        bool_or(weather_try.outcome = 'refused') AS refused,
        max(weather_try.tried_at) AS tried_at,
        arg_max(weather_try.reason, weather_try.tried_at) AS reason
    FROM weather_need
    JOIN weather_try
        ON weather_try.cell = weather_need.cell
        AND weather_try.day = weather_need.day
    WHERE NOT weather_need.heat_known
        AND weather_try.not_before > $now
    GROUP BY weather_need.run_id
)
SELECT
    kept_run.run_id,
    kept_run.start_at,
    kept_run.start_local,
    runner.name AS runner,
    CASE
        WHEN kept_run.clock_wrong THEN 'clock wrong'
        WHEN kept_run.indoor THEN 'indoor'
        WHEN needed.run_id IS NULL THEN 'no place'
        WHEN needed.heat_known AND needed.provisional THEN 'provisional'
        WHEN needed.heat_known THEN 'known'
        WHEN kept_run.simulated THEN 'simulated'
        WHEN blocked.refused THEN 'refused'
        WHEN needed.air_known THEN 'no sun'
        WHEN blocked.run_id IS NOT NULL THEN 'no value'
        ELSE 'pending'
    END AS state,
    blocked.tried_at,
    blocked.reason
FROM kept_run
JOIN runner USING (runner_id)
LEFT JOIN needed USING (run_id)
LEFT JOIN blocked USING (run_id)
WHERE kept_run.duplicate_of IS NULL
ORDER BY kept_run.start_at DESC, kept_run.run_id
