-- Grain: one row a segment (300 s of moving time) of a run.
-- Question: how was each five minutes run, and how high stood the sun?
-- Notes: a last piece under 150 s is part of the one before. No cell, no place: the sun is that over the middle of the
--        cell, by the low-precision formulas of the Astronomical Almanac (0.01 degree), without refraction, and rounded to
--        whole degrees, as exact heights at exact times would tell the place. By day: the upper rim over a flat horizon,
--        34 minutes of arc of refraction and 16 of the sun's radius. NULL indoors, without a cell and under a wrong clock.
CREATE OR REPLACE VIEW v_segment AS
WITH
-- Days since noon of 2000-01-01, and where.
seen AS (
    SELECT
        segment.*,
        (epoch_us(segment.middle_at) - 946728000000000) / 8.64e10 AS days,
        CASE WHEN NOT kept_run.indoor AND NOT kept_run.clock_wrong THEN segment.cell END AS seen_cell
    FROM dated_segment AS segment
    JOIN kept_run USING (run_id)
),
-- How far the year has gone since the earth stood nearest to the sun, the sun's longitude and the tilt of its path.
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
-- Sine of the sun's height: by its declination and its hour angle, sidereal time less right ascension.
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

COMMENT ON VIEW v_segment IS 'One row a segment: 300 s of moving time of a run.';
COMMENT ON COLUMN v_segment.run_id IS 'The run.';
COMMENT ON COLUMN v_segment.segment_no IS 'Number of the segment, from 1.';
COMMENT ON COLUMN v_segment.moving_start_s IS 'Moving time at its start, seconds.';
COMMENT ON COLUMN v_segment.elapsed_start_s IS 'Time since the start of the run at its start, pauses in, seconds.';
COMMENT ON COLUMN v_segment.moving_s IS 'Its moving time, seconds.';
COMMENT ON COLUMN v_segment.distance_m IS 'Way made, metres.';
COMMENT ON COLUMN v_segment.ascent_m IS 'Climb, metres.';
COMMENT ON COLUMN v_segment.descent_m IS 'Descent, metres.';
COMMENT ON COLUMN v_segment.speed_ms IS 'Speed, m/s of moving time.';
COMMENT ON COLUMN v_segment.gap_speed_ms IS 'Grade-adjusted speed, m/s: the speed on the flat that costs the same.';
COMMENT ON COLUMN v_segment.heart_rate_bpm IS 'Heart rate, beats a minute, mean over moving time.';
COMMENT ON COLUMN v_segment.cadence_spm IS 'Cadence, steps a minute in running (revolutions in other sports).';
COMMENT ON COLUMN v_segment.device_temp_c IS 'Temperature of the watch on the wrist, C: not the air''s.';
COMMENT ON COLUMN v_segment.middle_at IS 'Instant of its middle, UTC.';
COMMENT ON COLUMN v_segment.sun_elevation_deg IS 'Height of the sun over the horizon at its middle, whole degrees, negative by night; NULL indoors and where the place or the hour is not known.';
COMMENT ON COLUMN v_segment.daylight IS 'TRUE from sunrise to sunset on a flat horizon; NULL where sun_elevation_deg is.';
