"""Finds words for a cramp in a runner's title or notes, in eight languages: such runs are asked about first.

It decides only the order of questions, never an answer or a feature of the model: runners who write about cramps are not a
random sample, and 'no cramps today' contains the word too. Called by the store.
"""

from __future__ import annotations

import re
import unicodedata

# In lower case without accents, as the text is compared. A pattern matches a whole word with its endings; \w* before it
# also matches compounds (Wadenkrampf, kuitkramp).
_PATTERNS = (
    # English; not crampon, a climber's tool.
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
_CRAMP = re.compile(r"\b(?:" + "|".join(_PATTERNS) + r")\b")
_STROKES = str.maketrans({"ł": "l", "ß": "ss", "’": "'"})  # letters that Unicode does not decompose
_MOST_CHARACTERS = 20_000  # characters that are searched


def speaks_of_cramp(text: str | None) -> bool:
    """Returns True if the text contains a word for a cramp."""
    return bool(_CRAMP.search(_plain((text or "")[:_MOST_CHARACTERS])))


def _plain(text: str) -> str:
    """Returns the text in lower case without accents: 'Krämpfe' is 'krampfe', 'cãibra' is 'caibra'."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())
