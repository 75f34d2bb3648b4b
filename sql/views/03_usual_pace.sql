-- Grain: one row per counted run.
-- Question: how fast did this runner usually run runs of about this length, before this one?
-- Notes: internal. Median grade-adjusted speed of the running runs in the 90 days before that lasted 0.67 to 1.5 times the
--        planned duration; NULL with fewer than 5 such runs.
CREATE OR REPLACE VIEW usual_pace AS
WITH
-- The grade-adjusted speed of each run.
speed AS (
    SELECT
        run_id,
        sum(gap_speed_ms * moving_s ORDER BY segment_no)
            / nullif(sum(moving_s ORDER BY segment_no) FILTER (gap_speed_ms IS NOT NULL), 0) AS gap_speed_ms
    FROM segment
    GROUP BY run_id
)
SELECT
    this.run_id,
    CASE WHEN count(speed.gap_speed_ms) >= 5 THEN median(speed.gap_speed_ms) END AS usual_gap_speed_ms,
    count(speed.gap_speed_ms) AS runs
FROM run_history AS this
LEFT JOIN counted_run AS earlier
    ON earlier.runner_id = this.runner_id
    AND earlier.sport = this.sport
    AND earlier.start_at < this.start_at
    AND earlier.start_at >= this.start_at - INTERVAL 90 DAYS
    AND earlier.moving_s BETWEEN 0.67 * this.planned_s AND 1.5 * this.planned_s
LEFT JOIN speed ON speed.run_id = earlier.run_id
GROUP BY this.run_id;
