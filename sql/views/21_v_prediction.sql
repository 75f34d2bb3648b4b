-- Grain: one row a forecast: asked by the runner of a plan, or made automatically of a new run.
-- Question: what was said of a run before its answer, of which run, and what came?
-- Notes: nothing of this is kept, so that a run deleted, joined, parted or corrected takes its forecast along. An asked one
--        is of the runner's next run on foot that starts within 6 hours of the plan and after the question; when several are
--        of one run, the last asked before its start counts. An automatic one is of its run, or of the recording that counts
--        for it; of several the first counts. One made after the run was first answered, or with a fit made after its start,
--        knew too much and counts nowhere. A plan has expired once the log goes on past its 6 hours; until then its run
--        may still come. Of a deleted run there is no automatic one.
CREATE OR REPLACE VIEW v_prediction AS
WITH
-- When a run, or another recording of it, was answered for the first time; an answer taken back was known all the same.
first_answered AS (
    SELECT
        coalesce(run.duplicate_of, run.run_id) AS run_id,
        min(answer_given.answered_at) AS answered_at
    FROM answer_given
    JOIN run USING (run_id)
    WHERE answer_given.answer <> 'unanswered'
    GROUP BY ALL
),
-- How far each runner's log goes.
logged AS (
    SELECT
        runner_id,
        max(start_at) AS last_start_at
    FROM counted_run
    WHERE sport = 'running'
    GROUP BY runner_id
),
-- The run each forecast is of.
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
-- What is known of that run, and whether the forecast knew too much.
known AS (
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
-- Of several of one run and kind the one that counts is first.
ordered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY run_id, kind, late
            ORDER BY
                CASE WHEN kind = 'asked' THEN -epoch_us(made_at) ELSE epoch_us(made_at) END,
                CASE WHEN kind = 'asked' THEN -prediction_no ELSE prediction_no END
        ) AS place
    FROM (SELECT *, substr(prediction_id, 2)::BIGINT AS prediction_no FROM known)
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

COMMENT ON VIEW v_prediction IS 'One row a forecast that was made and kept before the answer of its run: asked of a plan, or automatic of a new run. Those with state scored are the record.';
COMMENT ON COLUMN v_prediction.prediction_id IS 'The forecast.';
COMMENT ON COLUMN v_prediction.runner_id IS 'The runner, an opaque id.';
COMMENT ON COLUMN v_prediction.kind IS 'asked: by cramplog risk, of a planned run; automatic: of each new run that nobody has answered yet.';
COMMENT ON COLUMN v_prediction.made_at IS 'When it was made and kept, UTC.';
COMMENT ON COLUMN v_prediction.start_at IS 'Start it was made for, UTC: the planned one, or that of the run.';
COMMENT ON COLUMN v_prediction.planned_s IS 'Planned moving time it was made for, seconds.';
COMMENT ON COLUMN v_prediction.pace_faster_pct IS 'Planned pace: faster (+) than usual, percent; 0 for automatic ones.';
COMMENT ON COLUMN v_prediction.race IS 'Whether it was made for a race.';
COMMENT ON COLUMN v_prediction.weather_source IS 'Where its weather was from: given, forecast, own month, usual, start (the weather at the start of the run) or none.';
COMMENT ON COLUMN v_prediction.air_temp_c IS 'Air temperature it was made for, at the start, C; NULL where none was known.';
COMMENT ON COLUMN v_prediction.wbgt_c IS 'Wet-bulb globe temperature it was made for, at the start, C; NULL where none was known.';
COMMENT ON COLUMN v_prediction.model_version IS 'Version of the model that said it.';
COMMENT ON COLUMN v_prediction.fit_id IS 'The fit that said it.';
COMMENT ON COLUMN v_prediction.data_hash IS 'Fingerprint of what that fit had learned from.';
COMMENT ON COLUMN v_prediction.mean IS 'What was said: the chance of a cramp in the run, 0 to 1.';
COMMENT ON COLUMN v_prediction.low IS 'Lower end of its plausible range (5 %), 0 to 1.';
COMMENT ON COLUMN v_prediction.high IS 'Upper end of its plausible range (95 %), 0 to 1.';
COMMENT ON COLUMN v_prediction.run_id IS 'The run it is of, the recording that counts; NULL for a plan without one.';
COMMENT ON COLUMN v_prediction.state IS 'scored: held against the answer; unanswered: the answer is missing; waiting: no run yet; expired: no run came; replaced: another forecast of this run counts; late: made after the answer, or with a fit made after the start.';
COMMENT ON COLUMN v_prediction.answer IS 'The answer of that run: unanswered, no cramp, cramp or not sure; NULL without a run.';
COMMENT ON COLUMN v_prediction.cramp IS 'TRUE when a cramp began in that run, FALSE when none did; NULL while that is not known.';
COMMENT ON COLUMN v_prediction.simulated IS 'TRUE when the run or its runner is simulated.';
