-- Grain: one row a counted run.
-- Question: how hot was it at the start, and what heat had this runner been running in during the 14 days before?
-- Notes: internal. Heat is WBGT. What was felt: the mean along the runner's own outdoor runs of the same sport that began in
--        the 14 days before this start, each minute of moving time counting alike, of those minutes whose WBGT is known;
--        days without a run count as nothing, neither as cool nor as hot. Known before the start: no minute of this run is
--        in it. A duplicate's minutes are not counted twice. At the start: the first segment, as it was and not as it was
--        forecast. No column of the model: v_hazard_row does not read this view.
CREATE OR REPLACE VIEW run_heat AS
WITH
-- Moving seconds whose heat is known, and degrees times seconds, a run.
felt AS (
    SELECT
        segment.run_id,
        sum(segment.moving_s ORDER BY segment.segment_no) AS known_s,
        sum(segment_weather.wbgt_c * segment.moving_s ORDER BY segment.segment_no) AS warmth_cs,
        max(segment_weather.wbgt_c) FILTER (segment.segment_no = 1) AS wbgt_start_c
    FROM segment
    JOIN segment_weather USING (run_id, segment_no)
    WHERE segment_weather.wbgt_c IS NOT NULL
    GROUP BY segment.run_id
),
-- The same summed over the 14 days before.
looked_back AS (
    SELECT
        counted_run.run_id,
        felt.wbgt_start_c,
        sum(felt.warmth_cs) OVER fortnight / nullif(sum(felt.known_s) OVER fortnight, 0) AS heat_14d_c
    FROM counted_run
    LEFT JOIN felt USING (run_id)
    WINDOW fortnight AS (
        PARTITION BY counted_run.runner_id, counted_run.sport ORDER BY counted_run.start_at
        RANGE BETWEEN INTERVAL 14 DAYS PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING
    )
)
SELECT
    run_id,
    wbgt_start_c,
    heat_14d_c,
    wbgt_start_c - heat_14d_c AS heat_above_14d_c
FROM looked_back;
