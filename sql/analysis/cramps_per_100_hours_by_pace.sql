-- Question: how many cramps began per 100 hours at risk, by pace relative to the runner's usual pace?
-- Grain: one row per band of pace, one for the first quarter of an hour and one for hours without a usual pace.
-- Notes: pace is grade-adjusted and lagged: the ten minutes that end one whole segment before, so that slowing down because of
--        a cramp is not counted as slow running. The first 15 minutes have no such time before them. A usual pace needs 5
--        comparable runs in the 90 days before, which many races lack: look at the row "unknown" first.
WITH
-- Each segment at risk with its band.
banded AS (
    SELECT
        CASE
            WHEN moving_start_s < 900 THEN 'first 15 minutes'
            WHEN pace_faster_pct IS NULL THEN 'unknown'
            WHEN pace_faster_pct <= -5 THEN 'slower by 5 % or more'
            WHEN pace_faster_pct < 5 THEN 'within 5 % of usual'
            ELSE 'faster by 5 % or more'
        END AS pace_band,
        CASE WHEN moving_start_s >= 900 THEN pace_faster_pct END AS faster_pct,
        *
    FROM v_hazard_row
)
SELECT
    pace_band,
    count(DISTINCT run_id) AS runs,
    round(sum(minutes) / 60, 1) AS hours_at_risk,
    round(sum(onset), 1) AS cramps,
    count(DISTINCT runner_id) FILTER (onset > 0) AS cramped_runners,
    round(100 * sum(onset) / (sum(minutes) / 60), 2) AS cramps_per_100_h,
    bool_or(simulated) AS simulated
FROM banded
GROUP BY pace_band
ORDER BY min(faster_pct) NULLS LAST, pace_band
