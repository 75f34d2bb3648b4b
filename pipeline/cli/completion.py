"""`cramplog completion`: prints the script with which a shell completes verbs, options and files."""

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
    """Print the script for completion in your shell.

    With it, the Tab key completes verbs, options and files. Without SHELL the script is for the shell you use. A
    shell reads the files below when it starts. A line in ~/.bashrc works too: eval "$(cramplog completion bash)"

    \b
    Examples:
      cramplog completion bash > ~/.local/share/bash-completion/completions/cramplog
      cramplog completion zsh > ~/.zfunc/_cramplog
      cramplog completion fish > ~/.config/fish/completions/cramplog.fish
    """
    name = shell or Path(os.environ.get("SHELL", "")).name
    completion_class = get_completion_class(name) if name in SHELLS else None
    if completion_class is None:
        raise click.UsageError(f"name the shell: {', '.join(SHELLS)}")
    cramplog = click.get_current_context().find_root().command
    click.echo(completion_class(cramplog, {}, "cramplog", COMPLETE_VARIABLE).source(), nl=False)
