-- Grain: at most one row.
-- Question: is this cramp tagged already? The same moment read from a duplicate of the run may differ by some seconds.
SELECT cramp_id, severity, note
FROM cramp
WHERE run_id = $run_id
    AND phase = $phase
    AND muscle = $muscle
    AND side = $side
    AND (
        (onset_at IS NULL AND $onset_at::TIMESTAMP IS NULL)
        OR abs(epoch(onset_at) - epoch($onset_at::TIMESTAMP)) <= 120
    )
ORDER BY abs(epoch(onset_at) - epoch($onset_at::TIMESTAMP))
LIMIT 1
