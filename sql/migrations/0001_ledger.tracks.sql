-- Positions in degrees (WGS 84), and nothing else. Opened only for weather cells, home zone, grade and the route sketch.
CREATE TABLE track (
    run_no INTEGER NOT NULL,
    elapsed_s DOUBLE NOT NULL,
    latitude DOUBLE,
    longitude DOUBLE
);
