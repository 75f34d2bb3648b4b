"""Shell completion beyond click's own. Called by `main` when a shell asks; the script is printed by `completion`.

Verbs of two words complete word by word, and options that take one of a few words offer them. Runs and names are
never offered: the store is not opened while somebody types.
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

# The names of the lists in `pipeline.vocabulary`, which is imported when one is asked for.
FIXED_WORDS = {
    "--muscle": "MUSCLES",
    "--side": "SIDES",
    "--severity": "SEVERITIES",
    "--effect": "EFFECTS",
    "--cramps-last-10": "FIRST_ANSWERS",
    "--usual-race": "USUAL_RACES",
}


def complete_two_words() -> None:
    """Let click's completion for each shell know our verbs of two words and our fixed words."""
    for kind in (_Bash, _Zsh, _Fish):
        add_completion_class(kind)


def words_for(args: list[str], begun: str) -> list[str] | None:
    """The words that may stand after `args` and begin with `begun`, where click does not know them: else None."""
    if not args and not begun.startswith("-"):
        return [word for word in dict.fromkeys(verb.split()[0] for verb in VERBS) if word.startswith(begun)]
    if args and args[-1] in FIXED_WORDS:
        from pipeline import vocabulary

        return [word for word in getattr(vocabulary, FIXED_WORDS[args[-1]]) if word.startswith(begun)]
    second = [verb.split()[1] for verb in VERBS if len(args) == 1 and verb.startswith(f"{args[0]} ")]
    return [word for word in second if word.startswith(begun)] or None


class _OurWords(ShellComplete):
    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        ours = words_for(args, incomplete)
        return super().get_completions(args, incomplete) if ours is None else [CompletionItem(word) for word in ours]


class _Bash(_OurWords, BashComplete):
    pass


class _Zsh(_OurWords, ZshComplete):
    pass


class _Fish(_OurWords, FishComplete):
    pass
