-- Conditions, medication, injuries and blood values, in a separate file that is opened only to show or change them.
CREATE SEQUENCE item_no START 1;

CREATE TABLE private_item (
    item_id VARCHAR NOT NULL,
    runner_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    value DOUBLE,
    unit VARCHAR,
    on_day DATE,
    note VARCHAR,
    said_at TIMESTAMP NOT NULL
);
