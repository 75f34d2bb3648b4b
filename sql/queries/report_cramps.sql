-- Grain: one row per tag of one runner.
-- Question: what does the report need about each cramp?
WITH
-- The segment in which each cramp began, and the distance before it.
placed AS (
    SELECT
        cramp.cramp_id,
        segment.run_id,
        segment.segment_no,
        coalesce(sum(segment.distance_m) OVER (
            PARTITION BY cramp.cramp_id ORDER BY segment.segment_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) + segment.distance_m * (cramp.onset_moving_s - segment.moving_start_s) / nullif(segment.moving_s, 0) AS distance_m
    FROM cramp
    JOIN segment USING (run_id)
    WHERE cramp.onset_moving_s IS NOT NULL
    QUALIFY segment.moving_start_s <= cramp.onset_moving_s
        AND (cramp.onset_moving_s < segment.moving_start_s + segment.moving_s
            OR row_number() OVER (PARTITION BY cramp.cramp_id ORDER BY segment.segment_no DESC) = 1)
)
SELECT
    cramp.run_id,
    cramp.phase,
    cramp.onset_moving_s,
    cramp.muscle,
    cramp.side,
    cramp.severity,
    v_run_weather.air_temp_c,
    placed.distance_m,
    cramp.note,
    cramp.relief,
    cramp.recurred,
    cramp.recurred_after_s
FROM cramp
SEMI JOIN kept_run ON kept_run.run_id = cramp.run_id
LEFT JOIN placed USING (cramp_id)
LEFT JOIN v_run_weather ON v_run_weather.run_id = placed.run_id AND v_run_weather.segment_no = placed.segment_no
WHERE cramp.runner_id = $runner_id
ORDER BY cramp.onset_at NULLS LAST, cramp.cramp_id
