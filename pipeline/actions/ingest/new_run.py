"""Completes a parsed run with what depends on its place and its runner: local time and weather cells. Called by ingest."""

from __future__ import annotations

from pipeline.actions.reading.prepare import prepare
from pipeline.actions.reading.read_file import ReadFile
from pipeline.formats.read import PARSER_VERSION
from pipeline.schema import ParsedRun
from pipeline.store.answers.runners import Runner
from pipeline.store.runs.rows import NewRun
from pipeline.weather.clock import local_clock, local_time
from pipeline.weather.zones import ZoneOf


def new_run(run: ParsedRun, file: ReadFile, runner: Runner, default_tz: str | None, zone_of: ZoneOf) -> NewRun:
    """The run as it is stored. `default_tz` is the home zone of a runner who has not set one.

    Indoor runs and runs with a wrong clock have cells too: the runner may correct that later.
    """
    prepared = run.prepared or prepare(run)
    latitude, longitude = prepared.place or (None, None)
    clock = local_clock(run.start_at, latitude, longitude, run.utc_offset_s, runner.home_tz or default_tz, zone_of)
    return NewRun(
        parsed=run,
        prepared=prepared,
        runner_id=runner.runner_id,
        file_sha256=file.sha256,
        parser_version=PARSER_VERSION,
        part_of=file.runs[0].run_id if run is not file.runs[0] else None,
        start_local=local_time(run.start_at, clock),
        tz=clock.tz,
        tz_rule=clock.rule,
        utc_offset_s=clock.utc_offset_s,
    )
