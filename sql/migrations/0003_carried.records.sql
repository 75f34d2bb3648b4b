-- Sensor values beyond the columns of record: running dynamics, fields described by the file itself, beat-to-beat intervals.
-- Each maker has different fields, so a run's fields are numbered: field 8 * block_no + k is value_k of that block, and the
-- ledger's run_field describes it. Eight fields per row share their instants: one row per value takes 2.6 times the space
-- (137 against 53 kB for eight fields of an hour). No index, as for record.
CREATE TABLE record_field (
    run_no INTEGER NOT NULL,
    block_no INTEGER NOT NULL,
    elapsed_s DOUBLE NOT NULL,
    value_1 DOUBLE,
    value_2 DOUBLE,
    value_3 DOUBLE,
    value_4 DOUBLE,
    value_5 DOUBLE,
    value_6 DOUBLE,
    value_7 DOUBLE,
    value_8 DOUBLE
);
