-- Requests to the weather service, so that no nightly repeats a useless request and a restart does not lose count of calls.
-- Contains no place more exact than the cells that are stored anyway.

-- Days of a cell that were requested without success; a day with hours needs no row.
CREATE TABLE weather_try (
    cell VARCHAR NOT NULL,
    day DATE NOT NULL,
    host VARCHAR NOT NULL CHECK (host IN ('archive', 'forecast')),
    outcome VARCHAR NOT NULL CHECK (outcome IN ('empty', 'refused')),
    reason VARCHAR NOT NULL,
    tried_at TIMESTAMP NOT NULL,
    not_before TIMESTAMP,
    PRIMARY KEY (cell, day)
);

-- The calls of the last 30 days with their weight in the quota of the service; the newest shows why a request has to wait.
CREATE TABLE weather_call (
    called_at TIMESTAMP NOT NULL,
    host VARCHAR NOT NULL,
    weight DOUBLE NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('answered', 'refused', 'later', 'silent')),
    hours BIGINT NOT NULL,
    reason VARCHAR,
    until_at TIMESTAMP
);

-- The elevation with which a cell was requested: it decides whether hours fetched for a neighbour can be used for it.
CREATE TABLE weather_height (
    cell VARCHAR PRIMARY KEY,
    elevation_m DOUBLE NOT NULL
);
