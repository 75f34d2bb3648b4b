"""Shell completion beyond click's own. Called by `main` when a shell asks; `completion` prints the script.

Verbs of two words complete word by word, and options with a fixed list of values offer it. Runs and names are not
offered, because the store is not opened while somebody types.
"""

from __future__ import annotations

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from pipeline.cli.frame.verbs import VERBS

# The names of the lists in `pipeline.vocabulary`, which is imported only when one of them is completed.
FIXED_CHOICES = {
    "--muscle": "MUSCLES",
    "--side": "SIDES",
    "--severity": "SEVERITIES",
    "--effect": "EFFECTS",
    "--cramps-last-10": "FIRST_ANSWERS",
    "--usual-race": "USUAL_RACES",
}


def register_completion() -> None:
    """Register our completion with click for bash, zsh and fish."""
    for completion_class in (_Bash, _Zsh, _Fish):
        add_completion_class(completion_class)


def completions_for(args: list[str], incomplete: str) -> list[str] | None:
    """The words that may follow `args` and start with `incomplete`; None where click's own completion is right."""
    if not args and not incomplete.startswith("-"):
        return [word for word in dict.fromkeys(verb.split()[0] for verb in VERBS) if word.startswith(incomplete)]
    if args and args[-1] in FIXED_CHOICES:
        from pipeline import vocabulary

        return [word for word in getattr(vocabulary, FIXED_CHOICES[args[-1]]) if word.startswith(incomplete)]
    second_parts = [verb.split()[1] for verb in VERBS if len(args) == 1 and verb.startswith(f"{args[0]} ")]
    return [word for word in second_parts if word.startswith(incomplete)] or None


class _VerbCompletion(ShellComplete):
    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        values = completions_for(args, incomplete)
        if values is None:
            return super().get_completions(args, incomplete)
        return [CompletionItem(value) for value in values]


class _Bash(_VerbCompletion, BashComplete):
    pass


class _Zsh(_VerbCompletion, ZshComplete):
    pass


class _Fish(_VerbCompletion, FishComplete):
    pass
