"""`cramplog`: finds the verb that is meant and loads it; where errors become words and exit codes.

A verb is a few lines over one action. Its module imports the action when it runs, so that help stays quick.
"""

from __future__ import annotations

import os
import shutil
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from pipeline.cli.frame.errors import stopped, told_fault
from pipeline.cli.frame.verb import settle
from pipeline.cli.frame.verbs import COMPLETE_VARIABLE, VERBS
from pipeline.errors import STOPPED, CramplogError
from pipeline.files import private_umask

NARROW = 52  # columns


class Cramplog(click.Group):
    """The verbs by name, some of two words; every error as one line with its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's own signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        name = cmd_name.replace(" ", "_")
        command: click.Command = getattr(import_module(f"pipeline.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        two_words = " ".join(args[:2])
        if two_words in VERBS:
            args = [two_words, *args[2:]]
        if args[0] not in VERBS:
            if ctx.resilient_parsing:  # a shell asks for words; the verb is not written out yet
                return None, None, args
            begun = [verb for verb in VERBS if verb.startswith(f"{args[0]} ")]
            near = begun or get_close_matches(args[0], VERBS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "cramplog --help names them all"
            raise click.UsageError(f"there is no verb '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, args)

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


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001  click's own
    if value and not ctx.resilient_parsing:
        from pipeline.actions.admin.versions import installed_versions

        click.echo(str(installed_versions()))
        ctx.exit()


@click.command(cls=Cramplog, invoke_without_command=True)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version,
    help="Versions of the program, its schema and its model.",
)  # fmt: skip
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Links a runner's leg cramps to heat, time of day, duration and pace.

    An evening: init, ingest your recordings, tag the cramps and `tag --none` the rest, report.
    Without a verb: how things stand, in four lines.
    """
    if ctx.invoked_subcommand is None:
        from pipeline.cli.frame.today import print_today

        print_today(settle(ctx))


def _help_width() -> int | None:
    """For click, whose help is never narrower than 50 by itself; None lets it choose."""
    columns = shutil.get_terminal_size().columns
    return columns if columns < NARROW else None


def main() -> None:
    """The entry point of the `cramplog` command; whatever it or Prefect writes is for its owner's eyes only."""
    if COMPLETE_VARIABLE in os.environ:
        from pipeline.cli.frame.complete import complete_two_words

        complete_two_words()
    try:
        with private_umask():
            cli.main(prog_name="cramplog", terminal_width=_help_width())
    except KeyboardInterrupt:
        raise SystemExit(STOPPED) from None
    except OSError as error:  # help that cannot be written
        raise SystemExit(told_fault(error, as_json=False)) from None
