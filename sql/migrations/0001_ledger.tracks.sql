-- Positions, degrees (WGS 84), and nothing else: opened only for weather cells, home zone, grade and the route sketch.
CREATE TABLE track (
    run_no INTEGER NOT NULL,
    elapsed_s DOUBLE NOT NULL,
    latitude DOUBLE,
    longitude DOUBLE
);
