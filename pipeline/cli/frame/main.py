"""`cramplog`: finds the verb and loads its module; turns errors into messages and exit codes.

A verb is a few lines over one action. Its module imports the action when it runs, so that --help is fast.
"""

from __future__ import annotations

import os
import shutil
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from pipeline.cli.frame.errors import print_error, print_stopped
from pipeline.cli.frame.verb import load_context_settings
from pipeline.cli.frame.verbs import COMPLETE_VARIABLE, VERBS
from pipeline.errors import STOPPED, CramplogError
from pipeline.files import private_umask

NARROW = 52  # columns


class Cramplog(click.Group):
    """The verbs by name, some of two words. Prints every error as one line and exits with its code."""

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
        two_word_verb = " ".join(args[:2])
        if two_word_verb in VERBS:
            args = [two_word_verb, *args[2:]]
        if args[0] not in VERBS:
            if ctx.resilient_parsing:  # shell completion: the verb is not complete yet
                return None, None, args
            same_start = [verb for verb in VERBS if verb.startswith(f"{args[0]} ")]
            near = same_start or get_close_matches(args[0], VERBS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "cramplog --help lists all verbs"
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
            code = print_stopped(as_json)
        except CramplogError as error:
            code = print_error(error, as_json)
        except click.exceptions.Exit:
            raise
        except Exception as error:
            code = print_error(error, as_json)
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
    help="Show the versions of the program, its schema and its model, and exit.",
)  # fmt: skip
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Shows how a runner's leg cramps go along with heat, time of day, duration and pace.

    Your first evening: `init`, then `ingest` your recordings, `tag` the runs with a cramp, `tag --none` the others,
    and `report`. Without a verb: the current state in four lines.
    """
    if ctx.invoked_subcommand is None:
        from pipeline.cli.frame.today import print_today

        print_today(load_context_settings(ctx))


def _help_width() -> int | None:
    """The terminal's width if it is narrow: click never formats help narrower than 50 by itself. None lets it choose."""
    columns = shutil.get_terminal_size().columns
    return columns if columns < NARROW else None


def main() -> None:
    """The entry point of the `cramplog` command. All files that it or Prefect writes are readable by their owner only."""
    if COMPLETE_VARIABLE in os.environ:
        from pipeline.cli.frame.complete import register_completion

        register_completion()
    try:
        with private_umask():
            cli.main(prog_name="cramplog", terminal_width=_help_width())
    except KeyboardInterrupt:
        raise SystemExit(STOPPED) from None
    except OSError as error:  # help that cannot be written
        raise SystemExit(print_error(error, as_json=False)) from None
