-- Question: does the share of answered runs depend on heat, length or race?
-- Grain: one row for all runs, one per band of mean WBGT, one per band of planned length, one each for races and training.
-- Notes: a rate uses answered runs only. If runs with a cramp are answered more often than the rest, the rate is too high: a
--        share that differs between rows is a warning, but equal shares prove nothing. Length is as planned before the start,
--        because a cramp can shorten a run. "Not sure" is an answer, but is in no rate.
WITH
-- The mean heat of each run.
heat AS (
    SELECT run_id, avg(wbgt_c ORDER BY segment_no) AS wbgt_c
    FROM v_run_weather
    GROUP BY run_id
),
-- Each counted running run with its bands.
banded AS (
    SELECT
        v_run.run_id,
        v_run.answer,
        v_run.moving_s,
        v_run.simulated,
        CASE
            WHEN heat.wbgt_c IS NULL THEN '5 unknown'
            WHEN heat.wbgt_c < 10 THEN '1 under 10 C'
            WHEN heat.wbgt_c < 18 THEN '2 10 to 18 C'
            WHEN heat.wbgt_c < 23 THEN '3 18 to 23 C'
            ELSE '4 23 C and more'
        END AS mean_wbgt,
        CASE
            WHEN v_run.planned_s IS NULL THEN '4 unknown'
            WHEN v_run.planned_s < 3600 THEN '1 under 1 h'
            WHEN v_run.planned_s < 5400 THEN '2 1 to 1.5 h'
            ELSE '3 1.5 h and more'
        END AS planned_length,
        if(v_run.race, '1 race', '2 training') AS kind
    FROM v_run
    LEFT JOIN heat USING (run_id)
    WHERE v_run.sport = 'running'
        AND v_run.duplicate_of IS NULL
        AND NOT v_run.clock_wrong
)
SELECT
    CASE
        WHEN grouping(mean_wbgt) = 0 THEN 'mean WBGT'
        WHEN grouping(planned_length) = 0 THEN 'planned length'
        WHEN grouping(kind) = 0 THEN 'race or training'
        ELSE 'all runs'
    END AS split_by,
    -- The first digit serves to sort the bands.
    coalesce(mean_wbgt[3:], planned_length[3:], kind[3:], 'all') AS band,
    count(*) AS runs,
    round(sum(moving_s) / 3600, 1) AS hours_run,
    count(*) FILTER (answer <> 'unanswered') AS answered,
    round(100 * count(*) FILTER (answer <> 'unanswered') / nullif(count(*), 0), 1) AS answered_pct,
    count(*) FILTER (answer = 'cramp') AS cramp_runs,
    count(*) FILTER (answer = 'not sure') AS not_sure_runs,
    bool_or(simulated) AS simulated
FROM banded
GROUP BY GROUPING SETS ((), (mean_wbgt), (planned_length), (kind))
ORDER BY split_by, coalesce(mean_wbgt, planned_length, kind)
