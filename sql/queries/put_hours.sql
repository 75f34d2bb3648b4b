-- Question: store the hours of one weather cell that are in `hours`.
-- Notes: an hour is replaced as a row, and only by one with at least as many values, so that all its values have one source. A
--        final hour is never replaced by a provisional one with more values: the provider itself may still correct it.
INSERT INTO weather_hour BY NAME
SELECT
    *,
    $cell AS cell,
    $provider AS provider,
    $model AS model,
    $elevation_m::DOUBLE AS elevation_m,
    $fetched_at::TIMESTAMP AS fetched_at
FROM hours
ON CONFLICT DO UPDATE SET
    air_temp_c = excluded.air_temp_c,
    rel_humidity_pct = excluded.rel_humidity_pct,
    dew_point_c = excluded.dew_point_c,
    wind_ms = excluded.wind_ms,
    shortwave_wm2 = excluded.shortwave_wm2,
    direct_wm2 = excluded.direct_wm2,
    precip_mm = excluded.precip_mm,
    pressure_hpa = excluded.pressure_hpa,
    wbgt_c = excluded.wbgt_c,
    provider = excluded.provider,
    model = excluded.model,
    elevation_m = excluded.elevation_m,
    fetched_at = excluded.fetched_at,
    provisional = excluded.provisional
WHERE (weather_hour.provisional OR NOT excluded.provisional)
    AND (excluded.air_temp_c IS NOT NULL)::INTEGER
    + (excluded.rel_humidity_pct IS NOT NULL)::INTEGER
    + (excluded.dew_point_c IS NOT NULL)::INTEGER
    + (excluded.wind_ms IS NOT NULL)::INTEGER
    + (excluded.shortwave_wm2 IS NOT NULL)::INTEGER
    + (excluded.direct_wm2 IS NOT NULL)::INTEGER
    + (excluded.precip_mm IS NOT NULL)::INTEGER
    + (excluded.pressure_hpa IS NOT NULL)::INTEGER
    + (excluded.wbgt_c IS NOT NULL)::INTEGER
    >= (weather_hour.air_temp_c IS NOT NULL)::INTEGER
    + (weather_hour.rel_humidity_pct IS NOT NULL)::INTEGER
    + (weather_hour.dew_point_c IS NOT NULL)::INTEGER
    + (weather_hour.wind_ms IS NOT NULL)::INTEGER
    + (weather_hour.shortwave_wm2 IS NOT NULL)::INTEGER
    + (weather_hour.direct_wm2 IS NOT NULL)::INTEGER
    + (weather_hour.precip_mm IS NOT NULL)::INTEGER
    + (weather_hour.pressure_hpa IS NOT NULL)::INTEGER
    + (weather_hour.wbgt_c IS NOT NULL)::INTEGER
