-- Grain: one row per forecast: asked for by the runner for a plan, or made automatically for a new run.
-- Question: what was forecast before the answer, for which run, and what happened?
-- Notes: the run and the outcome are looked up at each reading, so that they follow when a run is deleted, merged, separated
--        or corrected. An asked forecast belongs to the runner's next run on foot that starts within 6 hours of the plan and
--        after the forecast was made; of several for one run, the last one made counts. An automatic forecast belongs to its
--        run, or to the recording that counts for it; of several, the first counts. A forecast made after the run was first
--        answered, or with a fit made after the run's start, used knowledge of the outcome and is not scored. A plan has
--        expired once the runner's log continues past its 6 hours; until then its run may still be imported. A deleted run
--        has no automatic forecast.
CREATE OR REPLACE VIEW v_prediction AS
WITH
-- When a run, or a duplicate of it, was first answered. An answer undone later counts too: it was known.
first_answered AS (
    SELECT
        coalesce(run.duplicate_of, run.run_id) AS run_id,
        min(answer_given.answered_at) AS answered_at
    FROM answer_given
    JOIN run USING (run_id)
    WHERE answer_given.answer <> 'unanswered'
    GROUP BY ALL
),
-- The last run of each runner's log.
logged AS (
    SELECT
        runner_id,
        max(start_at) AS last_start_at
    FROM counted_run
    WHERE sport = 'running'
    GROUP BY runner_id
),
-- The run of each forecast.
paired AS (
    SELECT
        prediction.prediction_id,
        counted_run.run_id
    FROM prediction
    JOIN run USING (run_id)
    JOIN counted_run ON counted_run.run_id = coalesce(run.duplicate_of, run.run_id)
    WHERE counted_run.sport = 'running'
    UNION ALL
    SELECT
        prediction.prediction_id,
        arg_min(counted_run.run_id, (counted_run.start_at, counted_run.run_id)) AS run_id
    FROM prediction
    JOIN counted_run
        ON counted_run.runner_id = prediction.runner_id
        AND counted_run.start_at > prediction.made_at
        AND counted_run.start_at >= prediction.start_at - INTERVAL 6 HOURS
        AND counted_run.start_at <= prediction.start_at + INTERVAL 6 HOURS
    WHERE prediction.kind = 'asked'
        AND counted_run.sport = 'running'
    GROUP BY prediction.prediction_id
),
-- The outcome of that run, and whether the forecast was made too late.
outcome AS (
    SELECT
        prediction.* EXCLUDE (run_id, simulated),
        paired.run_id,
        counted_run.answer,
        CASE WHEN first_onset.run_id IS NOT NULL THEN first_onset.onset_s IS NOT NULL END AS cramp,
        prediction.simulated OR coalesce(counted_run.simulated, FALSE) AS simulated,
        coalesce(
            prediction.made_at > first_answered.answered_at OR prediction.fit_made_at > counted_run.start_at, FALSE
        ) AS late,
        coalesce(logged.last_start_at > prediction.start_at + INTERVAL 6 HOURS, FALSE) AS log_went_on
    FROM prediction
    LEFT JOIN paired USING (prediction_id)
    LEFT JOIN counted_run ON counted_run.run_id = paired.run_id
    LEFT JOIN first_onset ON first_onset.run_id = paired.run_id
    LEFT JOIN first_answered ON first_answered.run_id = paired.run_id
    LEFT JOIN logged ON logged.runner_id = prediction.runner_id
    WHERE prediction.kind = 'asked'
        OR paired.run_id IS NOT NULL
),
-- Several forecasts of one run and kind: the one that counts has place 1.
ordered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY run_id, kind, late
            ORDER BY
                CASE WHEN kind = 'asked' THEN -epoch_us(made_at) ELSE epoch_us(made_at) END,
                CASE WHEN kind = 'asked' THEN -prediction_no ELSE prediction_no END
        ) AS place
    FROM (SELECT *, substr(prediction_id, 2)::BIGINT AS prediction_no FROM outcome)
)
SELECT
    prediction_id,
    runner_id,
    kind,
    made_at,
    start_at,
    planned_s,
    pace_faster_pct,
    race,
    weather_source,
    air_temp_c,
    wbgt_c,
    model_version,
    fit_id,
    data_hash,
    mean,
    low,
    high,
    run_id,
    CASE
        WHEN run_id IS NULL THEN CASE WHEN log_went_on THEN 'expired' ELSE 'waiting' END
        WHEN late THEN 'late'
        WHEN place > 1 THEN 'replaced'
        WHEN cramp IS NULL THEN 'unanswered'
        ELSE 'scored'
    END AS state,
    answer,
    cramp,
    simulated
FROM ordered;

COMMENT ON VIEW v_prediction IS 'One row per forecast that was stored before its run was answered: asked for a plan, or automatic for a new run. Forecasts with state scored are the forecast record.';
COMMENT ON COLUMN v_prediction.prediction_id IS 'The forecast.';
COMMENT ON COLUMN v_prediction.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_prediction.kind IS 'asked: by cramplog risk, for a planned run; automatic: for each new run that is not answered yet.';
COMMENT ON COLUMN v_prediction.made_at IS 'When it was made and stored, UTC.';
COMMENT ON COLUMN v_prediction.start_at IS 'The start it was made for, UTC: that of the plan or of the run.';
COMMENT ON COLUMN v_prediction.planned_s IS 'The planned moving time it was made for, seconds.';
COMMENT ON COLUMN v_prediction.pace_faster_pct IS 'The planned pace: faster (+) than usual, percent; 0 for automatic forecasts.';
COMMENT ON COLUMN v_prediction.race IS 'TRUE if it was made for a race.';
COMMENT ON COLUMN v_prediction.weather_source IS 'Source of its weather: given, forecast, own month, usual, start (the weather at the start of the run) or none.';
COMMENT ON COLUMN v_prediction.air_temp_c IS 'The air temperature at the start that it was made for, C; NULL if unknown.';
COMMENT ON COLUMN v_prediction.wbgt_c IS 'The wet-bulb globe temperature at the start that it was made for, C; NULL if unknown.';
COMMENT ON COLUMN v_prediction.model_version IS 'Version of the model that made it.';
COMMENT ON COLUMN v_prediction.fit_id IS 'The fit that made it.';
COMMENT ON COLUMN v_prediction.data_hash IS 'Fingerprint of the rows that fit was trained on.';
COMMENT ON COLUMN v_prediction.mean IS 'The forecast: the probability of a cramp in the run, 0 to 1.';
COMMENT ON COLUMN v_prediction.low IS 'Lower end of its plausible range (5 %), 0 to 1.';
COMMENT ON COLUMN v_prediction.high IS 'Upper end of its plausible range (95 %), 0 to 1.';
COMMENT ON COLUMN v_prediction.run_id IS 'Its run, the recording that counts; NULL for a plan without a run.';
COMMENT ON COLUMN v_prediction.state IS 'scored: compared with the answer; unanswered: the answer is missing; waiting: no run yet; expired: the plan had no run; replaced: another forecast of this run counts; late: made after the answer, or with a fit made after the start.';
COMMENT ON COLUMN v_prediction.answer IS 'The answer of that run: unanswered, no cramp, cramp or not sure; NULL without a run.';
COMMENT ON COLUMN v_prediction.cramp IS 'TRUE if a cramp began in that run, FALSE if not; NULL while unknown.';
COMMENT ON COLUMN v_prediction.simulated IS 'TRUE if the run or its runner is simulated.';
