-- Grain: one row a segment of the runs whose records are in parsed_record (and parsed_run, segment_cell).
-- Question: how was each 300 s of moving time run?
-- Notes: a last piece under 150 s joins the one before. Altitude is smoothed over a minute before climbs are summed,
--        or a barometer's jitter adds up. Grade-adjusted speed weighs each minute's distance with the cost of running
--        at its grade (Minetti et al. 2002, J Appl Physiol 93:1039, energy cost polynomial over that of the flat, 3.6).
--        Sums are ordered: threads would add in any order, and the same file must give the same last bit.
--        A moving mean ends in other bits beside other runs of its batch: heights are kept to a millionth of a metre.
WITH
-- Heights without the jitter.
smooth AS (
    SELECT
        *,
        round(
            avg(altitude_m) OVER (
                PARTITION BY run_no ORDER BY elapsed_s RANGE BETWEEN 30 PRECEDING AND 30 FOLLOWING
            ),
            6
        ) AS height_m
    FROM parsed_record
),
-- One row a step between two records, with what it added.
step AS (
    SELECT
        *,
        moving_s - lag(moving_s) OVER w AS moved_s,
        distance_m - lag(distance_m) OVER w AS way_m,
        height_m - lag(height_m) OVER w AS rise_m
    FROM smooth
    WINDOW w AS (PARTITION BY run_no ORDER BY elapsed_s)
),
-- The run's moving time and how many segments it makes.
whole AS (
    SELECT
        run_no,
        max(moving_s) AS moving_s,
        greatest(1, floor((max(moving_s) + 150) / 300))::INTEGER AS segments
    FROM step
    GROUP BY run_no
),
-- One row a segment: its bounds in moving time.
bound AS (
    SELECT
        run_no,
        segment_no,
        ((segment_no - 1) * 300)::DOUBLE AS moving_start_s,
        CASE WHEN segment_no = segments THEN moving_s ELSE segment_no * 300 END AS moving_end_s
    FROM (SELECT *, unnest(range(1, segments + 1))::INTEGER AS segment_no FROM whole)
),
-- The first instant at which so much moving time had passed.
reached AS (
    SELECT run_no, moving_s, min(elapsed_s) AS elapsed_s
    FROM step
    GROUP BY run_no, moving_s
),
started AS (
    SELECT bound.run_no, bound.segment_no, reached.elapsed_s AS elapsed_start_s
    FROM bound
    ASOF JOIN reached ON bound.run_no = reached.run_no AND bound.moving_start_s <= reached.moving_s
),
halfway AS (
    SELECT bound.run_no, bound.segment_no, reached.elapsed_s AS elapsed_middle_s
    FROM bound
    ASOF JOIN reached
        ON bound.run_no = reached.run_no AND (bound.moving_start_s + bound.moving_end_s) / 2 <= reached.moving_s
),
-- Each step belongs to the segment and the minute in which it ended.
placed AS (
    SELECT
        step.*,
        least(ceil(greatest(step.moving_s, 1e-9) / 300), whole.segments)::INTEGER AS segment_no,
        ceil(step.moving_s / 60) AS minute_no
    FROM step
    JOIN whole USING (run_no)
),
-- One row a minute of a segment: way and grade.
minute AS (
    SELECT
        run_no,
        segment_no,
        minute_no,
        sum(way_m ORDER BY elapsed_s) AS way_m,
        greatest(
            -0.45,
            least(0.45, coalesce(sum(rise_m ORDER BY elapsed_s) / nullif(sum(way_m ORDER BY elapsed_s), 0), 0))
        ) AS grade
    FROM placed
    WHERE moved_s > 0
    GROUP BY run_no, segment_no, minute_no
),
-- The same way on the flat, by the cost of running at that grade.
flat AS (
    SELECT
        run_no,
        segment_no,
        sum(
            way_m * (155.4 * grade^5 - 30.4 * grade^4 - 43.3 * grade^3 + 46.3 * grade^2 + 19.5 * grade + 3.6) / 3.6
            ORDER BY minute_no
        ) AS gap_m
    FROM minute
    GROUP BY run_no, segment_no
),
-- What the steps of a segment add up to; body signals weighed by moving time.
summed AS (
    SELECT
        run_no,
        segment_no,
        sum(way_m ORDER BY elapsed_s) AS distance_m,
        sum(CASE WHEN rise_m > 0 THEN rise_m WHEN rise_m <= 0 THEN 0 END ORDER BY elapsed_s) AS ascent_m,
        sum(CASE WHEN rise_m < 0 THEN -rise_m WHEN rise_m >= 0 THEN 0 END ORDER BY elapsed_s) AS descent_m,
        sum(heart_rate_bpm * moved_s ORDER BY elapsed_s)
            / nullif(sum(moved_s ORDER BY elapsed_s) FILTER (heart_rate_bpm IS NOT NULL), 0) AS heart_rate_bpm,
        sum(cadence_spm * moved_s ORDER BY elapsed_s)
            / nullif(sum(moved_s ORDER BY elapsed_s) FILTER (cadence_spm IS NOT NULL), 0) AS cadence_spm,
        avg(device_temp_c ORDER BY elapsed_s) AS device_temp_c
    FROM placed
    GROUP BY run_no, segment_no
)
SELECT
    parsed_run.run_id,
    bound.segment_no,
    bound.moving_start_s,
    started.elapsed_start_s,
    bound.moving_end_s - bound.moving_start_s AS moving_s,
    summed.distance_m,
    summed.ascent_m,
    summed.descent_m,
    summed.distance_m / nullif(bound.moving_end_s - bound.moving_start_s, 0) AS speed_ms,
    flat.gap_m / nullif(bound.moving_end_s - bound.moving_start_s, 0) AS gap_speed_ms,
    summed.heart_rate_bpm,
    summed.cadence_spm,
    summed.device_temp_c,
    halfway.elapsed_middle_s,
    segment_cell.cell
FROM bound
JOIN parsed_run USING (run_no)
JOIN started USING (run_no, segment_no)
JOIN halfway USING (run_no, segment_no)
LEFT JOIN summed USING (run_no, segment_no)
LEFT JOIN flat USING (run_no, segment_no)
LEFT JOIN segment_cell USING (run_no, segment_no)
ORDER BY bound.run_no, bound.segment_no
