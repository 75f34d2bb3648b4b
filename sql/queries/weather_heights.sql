-- Grain: one row per weather cell of $cells with runs that have altitudes.
-- Question: at which elevation did people run there?
-- Notes: the median over the three runs with the most segments in the cell: reading every second of five years would take too
--        long. Needs `records` attached.
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
