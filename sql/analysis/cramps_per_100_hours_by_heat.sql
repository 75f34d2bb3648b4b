-- Question: how many cramps began per 100 hours at risk, in each band of heat?
-- Grain: one row per band of WBGT, and one for hours without weather.
-- Notes: hours are time at risk in answered runs, and only the first cramp of a run counts. A rate from few hours or from one
--        runner says little, so both numbers are shown. Runs in the heat may be longer, faster or in different months: a rate
--        by heat alone is not the effect of heat.
WITH
-- Each segment at risk with its band.
banded AS (
    SELECT
        CASE
            WHEN wbgt_c IS NULL THEN 'unknown'
            WHEN wbgt_c < 10 THEN 'under 10 C'
            WHEN wbgt_c < 18 THEN '10 to 18 C'
            WHEN wbgt_c < 23 THEN '18 to 23 C'
            ELSE '23 C and more'
        END AS wbgt_band,
        *
    FROM v_hazard_row
)
SELECT
    wbgt_band,
    count(DISTINCT run_id) AS runs,
    round(sum(minutes) / 60, 1) AS hours_at_risk,
    round(sum(onset), 1) AS cramps,
    count(DISTINCT runner_id) FILTER (onset > 0) AS cramped_runners,
    round(100 * sum(onset) / (sum(minutes) / 60), 2) AS cramps_per_100_h,
    bool_or(simulated) AS simulated
FROM banded
GROUP BY wbgt_band
ORDER BY min(wbgt_c) NULLS LAST
