-- Grain: one row a weather cell of $cells whose runs know their height.
-- Question: how high did people run there?
-- Notes: the median of the three runs that were there longest: a mountain's height is not worth reading every second of
--        five years. Needs the records attached.
WITH
stay AS (
    SELECT
        segment.cell,
        counted_run.run_no,
        min(segment.elapsed_start_s) AS from_s,
        max(segment.elapsed_middle_s) AS to_s
    FROM segment
    JOIN counted_run USING (run_id)
    WHERE segment.cell IN (SELECT unnest($cells::VARCHAR[]))
        AND NOT counted_run.indoor
    GROUP BY segment.cell, counted_run.run_no
    QUALIFY row_number() OVER (PARTITION BY segment.cell ORDER BY count(*) DESC, counted_run.run_no DESC) <= 3
)
SELECT
    stay.cell,
    median(record.altitude_m) AS elevation_m
FROM stay
JOIN records.record ON record.run_no = stay.run_no AND record.elapsed_s BETWEEN stay.from_s AND stay.to_s
WHERE record.altitude_m IS NOT NULL
GROUP BY stay.cell
