-- What the weather service was asked, so that a night never asks in vain twice and a new start forgets no call it made.
-- No place finer than the cells that are here anyway.

-- Days of a cell that were asked for and are not known all the same; a day that becomes known needs no row.
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

-- The calls of the last days with what the service counts for each; the newest says why something still waits.
CREATE TABLE weather_call (
    called_at TIMESTAMP NOT NULL,
    host VARCHAR NOT NULL,
    weight DOUBLE NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('answered', 'refused', 'later', 'silent')),
    hours BIGINT NOT NULL,
    reason VARCHAR,
    until_at TIMESTAMP
);

-- How high people ran in a cell, as it was asked for: whether a neighbour's fetched hours may stand for its own.
CREATE TABLE weather_height (
    cell VARCHAR PRIMARY KEY,
    elevation_m DOUBLE NOT NULL
);
