"""`cramplog completion`: prints the script that lets a shell complete verbs, options and files."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import (
    get_completion_class,
)

from pipeline.cli.frame.verb import Verb
from pipeline.cli.frame.verbs import COMPLETE_VARIABLE

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Verb)
@click.argument("shell", required=False, type=click.Choice(SHELLS))
def completion(shell: str | None) -> None:
    """Print the script that lets your shell complete cramplog's verbs, options and files.

    Without a SHELL it is the one you work in. The files below are read when a shell starts; a line in ~/.bashrc
    does as well: eval "$(cramplog completion bash)"

    \b
    Examples:
      cramplog completion bash > ~/.local/share/bash-completion/completions/cramplog
      cramplog completion zsh > ~/.zfunc/_cramplog
      cramplog completion fish > ~/.config/fish/completions/cramplog.fish
    """
    name = shell or Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(name) if name in SHELLS else None
    if kind is None:
        raise click.UsageError(f"say which shell: {', '.join(SHELLS)}")
    cramplog = click.get_current_context().find_root().command
    click.echo(kind(cramplog, {}, "cramplog", COMPLETE_VARIABLE).source(), nl=False)
