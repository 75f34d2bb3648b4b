-- Grain: one row per segment of the runs in parsed_run. Their records are summed in parsed_piece; the last records, among
--        which is the middle of the last segment, are in parsed_record.
-- Question: how was each 300 s of moving time run?
-- Notes: a piece is the sum of the steps between records within 30 s of moving time, in whole millionths. Minutes and segments
--        are sums of pieces. Doubles hold these exactly (up to 9e9), so that the same file gives the same bits in any order.
--        A step belongs to the piece in which it ended (piece_no, from 1); its end may be the instant at which the next piece
--        begins (begun_no, from 0). A last segment under 150 s is joined to the one before. Ascents are those of the altitude
--        smoothed over a minute; otherwise the noise of the barometer would add up. Grade-adjusted speed weights the distance
--        of each minute by the energy cost of running at its grade relative to flat ground (Minetti et al. 2002, J Appl
--        Physiol 93:1039: polynomial divided by 3.6). segment_cell holds the weather cell of each segment.
WITH
-- The moving time of each run, its number of segments, and the middle of the last one.
whole AS (
    SELECT
        *,
        ((segments - 1) * 300 + moving_s) / 2 AS last_middle_s
    FROM (
        SELECT
            run_no,
            max(moving_s) AS moving_s,
            greatest(1, floor((max(moving_s) + 150) / 300))::INTEGER AS segments
        FROM parsed_piece
        GROUP BY run_no
    )
),
-- One row per segment: its bounds in moving time.
bound AS (
    SELECT
        run_no,
        segment_no,
        segment_no = segments AS is_last,
        10 * (segment_no - 1) AS begun_no,
        ((segment_no - 1) * 300)::DOUBLE AS moving_start_s,
        CASE WHEN segment_no = segments THEN moving_s ELSE segment_no * 300 END AS moving_end_s
    FROM (SELECT *, unnest(range(1, segments + 1))::INTEGER AS segment_no FROM whole)
),
-- The first instant in each 30 s: moving time never decreases, so it is when that moving time was reached.
reached AS (
    SELECT run_no, begun_no, min(first_s) AS elapsed_s
    FROM parsed_piece
    GROUP BY run_no, begun_no
),
-- The middle of the last segment, which may be longer or shorter than the rest.
reached_last AS (
    SELECT run_no, min(elapsed_s) AS elapsed_s
    FROM parsed_record
    JOIN whole USING (run_no)
    WHERE parsed_record.moving_s >= last_middle_s
    GROUP BY run_no
),
started AS (
    SELECT bound.run_no, bound.segment_no, reached.elapsed_s AS elapsed_start_s
    FROM bound
    ASOF JOIN reached ON bound.run_no = reached.run_no AND bound.begun_no <= reached.begun_no
),
halfway AS (
    SELECT bound.run_no, bound.segment_no, reached.elapsed_s AS elapsed_middle_s
    FROM bound
    ASOF LEFT JOIN reached ON bound.run_no = reached.run_no AND bound.begun_no + 5 <= reached.begun_no
),
-- Each piece with its segment and minute; the piece before the first step belongs to the first segment.
placed AS (
    SELECT
        parsed_piece.*,
        least(ceil(greatest(piece_no, 1) / 10), segments)::INTEGER AS segment_no,
        ceil(piece_no / 2)::INTEGER AS minute_no
    FROM parsed_piece
    JOIN whole USING (run_no)
),
minute AS (
    SELECT
        run_no,
        segment_no,
        minute_no,
        sum(moving_way_um) / 1e6 AS moving_way_m,
        sum(moving_rise_um) / 1e6 AS moving_rise_m
    FROM placed
    GROUP BY run_no, segment_no, minute_no
),
-- The sums per segment; heart rate, cadence and temperature are weighted by moving time.
summed AS (
    SELECT
        run_no,
        segment_no,
        sum(way_um) / 1e6 AS distance_m,
        (sum(up_and_down_um) + sum(rise_um)) / 2e6 AS ascent_m,
        (sum(up_and_down_um) - sum(rise_um)) / 2e6 AS descent_m,
        sum(beats) / nullif(sum(beating), 0) AS heart_rate_bpm,
        sum(strides) / nullif(sum(striding), 0) AS cadence_spm,
        sum(warmth) / nullif(sum(warmths), 0) AS device_temp_c
    FROM placed
    GROUP BY run_no, segment_no
),
-- The grade of each minute, from which follows the distance on flat ground with the same energy cost.
graded AS (
    SELECT
        *,
        greatest(-0.45, least(0.45, coalesce(moving_rise_m / nullif(moving_way_m, 0), 0))) AS grade
    FROM minute
    WHERE moving_way_m IS NOT NULL
),
flat AS (
    SELECT
        run_no,
        segment_no,
        sum(
            moving_way_m
            * (155.4 * grade^5 - 30.4 * grade^4 - 43.3 * grade^3 + 46.3 * grade^2 + 19.5 * grade + 3.6) / 3.6
            ORDER BY minute_no
        ) AS gap_m
    FROM graded
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
    CASE WHEN bound.is_last THEN reached_last.elapsed_s ELSE halfway.elapsed_middle_s END AS elapsed_middle_s,
    segment_cell.cell
FROM bound
JOIN parsed_run USING (run_no)
JOIN started USING (run_no, segment_no)
JOIN halfway USING (run_no, segment_no)
JOIN reached_last USING (run_no)
LEFT JOIN summed USING (run_no, segment_no)
LEFT JOIN flat USING (run_no, segment_no)
LEFT JOIN segment_cell USING (run_no, segment_no)
ORDER BY bound.run_no, bound.segment_no
