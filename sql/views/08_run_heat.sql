-- Grain: one row per counted run.
-- Question: how hot was it at the start, and in what heat had this runner run during the 14 days before?
-- Notes: internal. Heat is WBGT. The heat of the 14 days is the mean over the runner's own outdoor runs of the same sport
--        that began in the 14 days before this start, weighted by moving time with a known WBGT. Days without a run do not
--        enter the mean. It is known before the start: no minute of this run is in it, and duplicates are not counted twice.
--        The heat at the start is that of the first segment, as measured and not as forecast. The model does not use this
--        view: v_hazard_row does not read it.
CREATE OR REPLACE VIEW run_heat AS
WITH
-- Per run: moving seconds with a known WBGT, and the sum of degrees times seconds.
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
-- The mean over the 14 days before.
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
