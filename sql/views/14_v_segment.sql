-- Grain: one row per segment (300 s of moving time) of a run.
-- Question: how was each five minutes run, and how high was the sun?
-- Notes: a rest of under 150 s at the end belongs to the last segment. Contains no cell and no position. The sun is computed
--        for the centre of the cell with the low-precision formulas of the Astronomical Almanac (0.01 degree), without
--        refraction, and rounded to whole degrees, because exact elevations at exact times would reveal the place. Daylight
--        is from sunrise to sunset of the upper limb over a flat horizon, with 34 arc minutes of refraction and 16 of the
--        sun's radius. NULL indoors, without a cell and with a wrong clock.
CREATE OR REPLACE VIEW v_segment AS
WITH
-- Days since 2000-01-01 12:00 UTC, and the cell.
seen AS (
    SELECT
        segment.*,
        (epoch_us(segment.middle_at) - 946728000000000) / 8.64e10 AS days,
        CASE WHEN NOT kept_run.indoor AND NOT kept_run.clock_wrong THEN segment.cell END AS seen_cell
    FROM dated_segment AS segment
    JOIN kept_run USING (run_id)
),
-- The sun's mean anomaly and ecliptic longitude, the obliquity of the ecliptic, and the position of the cell, in radians.
orbit AS (
    SELECT
        *,
        radians(357.529 + 0.98560028 * days) AS anomaly,
        radians(280.459 + 0.98564736 * days + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly)) AS longitude,
        radians(23.439 - 0.00000036 * days) AS tilt,
        radians(split_part(seen_cell, ',', 1)::DOUBLE) AS north,
        radians(split_part(seen_cell, ',', 2)::DOUBLE) AS east
    FROM seen
),
-- Sine of the sun's elevation, from its declination and its hour angle (sidereal time less right ascension).
height AS (
    SELECT
        *,
        sin(north) * sin(tilt) * sin(longitude)
        + cos(north) * sqrt(1 - (sin(tilt) * sin(longitude)) ^ 2)
        * cos(
            radians(15 * (18.697374558 + 24.06570982441908 * days)) + east
            - atan2(cos(tilt) * sin(longitude), cos(longitude))
        ) AS sine
    FROM orbit
)
SELECT
    run_id, segment_no, moving_start_s, elapsed_start_s, moving_s, distance_m, ascent_m, descent_m,
    speed_ms, gap_speed_ms, heart_rate_bpm, cadence_spm, device_temp_c, middle_at,
    CASE WHEN sine IS NOT NULL THEN round(degrees(asin(greatest(-1, least(1, sine)))))::INTEGER END AS sun_elevation_deg,
    sine > sin(radians(-0.833)) AS daylight
FROM height;

COMMENT ON VIEW v_segment IS 'One row per segment: 300 s of moving time of a run.';
COMMENT ON COLUMN v_segment.run_id IS 'The run.';
COMMENT ON COLUMN v_segment.segment_no IS 'Number of the segment, from 1.';
COMMENT ON COLUMN v_segment.moving_start_s IS 'Moving time at the start of the segment, seconds.';
COMMENT ON COLUMN v_segment.elapsed_start_s IS 'Time from the start of the run to the start of the segment, with pauses, seconds.';
COMMENT ON COLUMN v_segment.moving_s IS 'Moving time of the segment, seconds.';
COMMENT ON COLUMN v_segment.distance_m IS 'Distance, metres.';
COMMENT ON COLUMN v_segment.ascent_m IS 'Ascent, metres.';
COMMENT ON COLUMN v_segment.descent_m IS 'Descent, metres.';
COMMENT ON COLUMN v_segment.speed_ms IS 'Distance over moving time, m/s.';
COMMENT ON COLUMN v_segment.gap_speed_ms IS 'Grade-adjusted speed, m/s: the speed on flat ground with the same energy cost.';
COMMENT ON COLUMN v_segment.heart_rate_bpm IS 'Heart rate, beats per minute, mean over moving time.';
COMMENT ON COLUMN v_segment.cadence_spm IS 'Cadence, steps per minute in running (revolutions in other sports).';
COMMENT ON COLUMN v_segment.device_temp_c IS 'Temperature of the watch on the wrist, C; not the air temperature.';
COMMENT ON COLUMN v_segment.middle_at IS 'Instant of the segment''s middle, UTC.';
COMMENT ON COLUMN v_segment.sun_elevation_deg IS 'Elevation of the sun above the horizon at the middle, whole degrees, negative at night; NULL indoors and if the place or the time is unknown.';
COMMENT ON COLUMN v_segment.daylight IS 'TRUE from sunrise to sunset on a flat horizon; NULL if sun_elevation_deg is NULL.';
