"""Whether words that a runner wrote speak of a cramp, in eight languages: such runs are asked about first.

Only the order of asking hangs on it, never an answer and never a feature of the model: who writes of cramps is no random
runner, and 'no cramps today' speaks of them too. Called by the actions and the store.
"""

from __future__ import annotations

import re
import unicodedata

# Without accents and in small letters, as text is compared. Each is a whole word with its endings; \w* before
# it lets it end a compound (Wadenkrampf, kuitkramp).
_WORDS = (
    # English: a climber's crampon is none.
    r"cramp(?:s|ed|ing|y)?",
    r"charley horses?",
    # German: Krampf, Krämpfe, Wadenkrampf, verkrampft; without umlauts Kraempfe. Not Krampfadern, nor krampfhaft.
    r"\w*kr(?:a|ae)mpf(?:e|en|es|er|s|te|ten|ig|ige|artig)?",
    r"\w*krampft?",
    # French: crampe, crampes.
    r"crampes?",
    # Spanish: calambre, calambres, acalambrado, acalambrada, me acalambré.
    r"calambres?",
    r"acalambr\w+",
    # Italian: crampo, crampi.
    r"cramp[oi]",
    # Portuguese: cãibra, câimbra, caimbra, and their plurals.
    r"caim?bras?",
    # Dutch: kramp, krampen, kuitkramp, verkrampt.
    r"\w*kramp(?:en|te|t|je|jes|erig|achtig)?",
    # Polish: skurcz, skurcze, skurczów, skurczami; not skurczybyk, a rascal, nor skurczyć się, to shrink.
    r"skurcz(?:e|u|em|ow|om|ami|ach)?",
)
_SPEAKS = re.compile(r"\b(?:" + "|".join(_WORDS) + r")\b")
_STROKES = str.maketrans({"ł": "l", "ß": "ss", "’": "'"})  # letters that no decomposition takes apart
_LONGEST = 20_000  # letters looked at


def speaks_of_cramp(text: str | None) -> bool:
    """Whether a word for a cramp stands in it."""
    return bool(_SPEAKS.search(_plain((text or "")[:_LONGEST])))


def _plain(text: str) -> str:
    """Small letters without accents: 'Krämpfe' is 'krampfe', 'cãibra' is 'caibra'."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())
