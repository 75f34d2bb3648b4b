-- Grain: one row per runner, kind of forecast and group of forecast risk, for forecasts of answered runs.
-- Question: of the runs forecast with such a risk, how many had a cramp, and how many were expected to?
-- Notes: the groups are the levels of risk in reports (docs/glossary.md). The two proper scores are sums, so that rows can be
--        added; lower is better. Asked and automatic forecasts are for the same runs: never add these two.
CREATE OR REPLACE VIEW v_calibration AS
WITH
-- Each forecast with its group and scores. Probabilities are limited to 1e-9 and above: log loss is infinite at 0.
scored AS (
    SELECT
        *,
        CASE
            WHEN floor(100 * mean + 0.5) < 5 THEN 0
            WHEN floor(100 * mean + 0.5) < 10 THEN 5
            WHEN floor(100 * mean + 0.5) < 20 THEN 10
            WHEN floor(100 * mean + 0.5) < 35 THEN 20
            ELSE 35
        END AS from_of_100,
        cramp::INTEGER AS observed,
        least(greatest(CASE WHEN cramp THEN mean ELSE 1 - mean END, 1e-9), 1.0) AS chance_of_observed
    FROM v_prediction
    WHERE state = 'scored'
)
SELECT
    runner_id,
    kind,
    simulated,
    from_of_100,
    CASE from_of_100 WHEN 0 THEN 4 WHEN 5 THEN 9 WHEN 10 THEN 19 WHEN 20 THEN 34 END AS to_of_100,
    count(*) AS runs,
    sum(mean ORDER BY start_at, prediction_id) AS expected,
    count(*) FILTER (cramp) AS cramp_runs,
    sum((mean - observed) ^ 2 ORDER BY start_at, prediction_id) AS brier_sum,
    sum(-ln(chance_of_observed) ORDER BY start_at, prediction_id) AS log_loss_sum
FROM scored
GROUP BY runner_id, kind, simulated, from_of_100;

COMMENT ON VIEW v_calibration IS 'One row per runner, kind of forecast and group of forecast risk: how many cramps were expected and how many happened. Only forecasts made before the answer.';
COMMENT ON COLUMN v_calibration.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_calibration.kind IS 'asked or automatic, as in v_prediction; both may be for the same runs, so never add them.';
COMMENT ON COLUMN v_calibration.simulated IS 'TRUE for forecasts of simulated runs.';
COMMENT ON COLUMN v_calibration.from_of_100 IS 'Lower end of the group: forecast cramps in 100 such runs, rounded.';
COMMENT ON COLUMN v_calibration.to_of_100 IS 'Upper end of the group, of 100; NULL for the highest group.';
COMMENT ON COLUMN v_calibration.runs IS 'Answered runs with a forecast in this group.';
COMMENT ON COLUMN v_calibration.expected IS 'Runs with a cramp among them as forecast: the sum of mean.';
COMMENT ON COLUMN v_calibration.cramp_runs IS 'Runs with a cramp among them as answered.';
COMMENT ON COLUMN v_calibration.brier_sum IS 'Sum of squared differences between forecast (0 to 1) and outcome (0 or 1).';
COMMENT ON COLUMN v_calibration.log_loss_sum IS 'Sum of -ln of the probability given to the outcome, in nats.';
