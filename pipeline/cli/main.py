"""`cramplog`: the table of verbs, loaded when they are called, and where errors become words and exit codes.

A verb is a few lines over one action. Its module imports the action when it runs, so that help stays quick.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from pipeline.cli.faults import STOPPED, stopped, told_fault
from pipeline.errors import CramplogError
from pipeline.settings import private_umask

VERBS = {
    "init": "start:init",
    "runner add": "start:runner_add",
    "ingest": "take:ingest",
    "runs": "look:runs",
    "weather": "take:weather",
    "tag": "answer:tag",
    "tag import": "answer:tag_import",
    "train": "learn:train",
    "report": "learn:report",
    "nightly": "night:nightly",
    "publish": "analyst:publish",
    "sql": "analyst:sql",
}


class Cramplog(click.Group):
    """The verbs by name, some of two words; every error as one line with its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's own signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module, name = VERBS[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"pipeline.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        two_words = " ".join(args[:2])
        if two_words in VERBS:
            args = [two_words, *args[2:]]
        if args[0] not in VERBS:
            begun = [verb for verb in VERBS if verb.startswith(f"{args[0]} ")]
            near = begun or get_close_matches(args[0], VERBS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "cramplog --help names them all"
            raise click.UsageError(f"there is no verb '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, args or ["--help"])

    def invoke(self, ctx: click.Context) -> Any:
        as_json = ctx.meta["as_json"]
        try:
            code = super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            code = stopped(as_json)
        except CramplogError as error:
            code = told_fault(error, as_json)
        except click.exceptions.Exit:
            raise
        except Exception as error:
            code = told_fault(error, as_json)
            if not code or ctx.meta.get("verbose"):
                raise
        ctx.exit(code or 0)


@click.command(cls=Cramplog)
@click.version_option(package_name="cramplog")
def cli() -> None:
    """Links a runner's leg cramps to heat, time of day, duration and pace.

    An evening: init, ingest your recordings, tag the cramps and `tag --none` the rest, report.
    """


def main() -> None:
    """The entry point of the `cramplog` command; whatever it or Prefect writes is for its owner's eyes only."""
    try:
        with private_umask():
            cli.main(prog_name="cramplog")
    except KeyboardInterrupt:
        raise SystemExit(STOPPED) from None
