"""Words that speak of a cramp, in eight languages, and words that only look so."""

from __future__ import annotations

import unicodedata

import pytest

from pipeline.cramp_words import speaks_of_cramp

SPEAKING = [
    "Cramped at km 30",
    "left calf CRAMPS again!",
    "charley horse in the night, then a slow jog",
    "no cramps today",
    "Wadenkrampf bei km 25",
    "Krämpfe in beiden Waden",
    "wieder Kraempfe",
    "Oberschenkel total verkrampft",
    "crampe au mollet au 28e kilomètre",
    "J'ai crampé dans la montée",
    "un calambre en el gemelo",
    "isquios acalambrados desde el 32",
    "crampi al polpaccio",
    "un crampo e poi a piedi",
    "cãibra na panturrilha",
    "câimbras no final",
    "caimbra outra vez",
    "kuitkramp na 20 km",
    "kramp in de hamstring",
    "złapał mnie skurcz łydki",
    "SKURCZE od 35 km",
]
NOT_SPEAKING = [
    "",
    "Morning run",
    "new crampons for the glacier",
    "des crampons neufs",
    "ramponi e piccozza",
    "Krampfadern operiert",
    "Krampus run in Salzburg",
    "uma cabra no caminho",
    "scrambled eggs before",
    "Skurczybyk z tego wiatru",
    "a cr amp test",
]


@pytest.mark.parametrize("text", SPEAKING)
def test_a_word_for_a_cramp_is_seen_in_each_language(text: str) -> None:
    assert speaks_of_cramp(text)


@pytest.mark.parametrize("text", NOT_SPEAKING)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert not speaks_of_cramp(text)


def test_accents_count_the_same_however_they_are_written() -> None:
    assert speaks_of_cramp(unicodedata.normalize("NFD", "Krämpfe"))
    assert speaks_of_cramp(unicodedata.normalize("NFD", "cãibras"))


def test_no_words_speak_of_nothing() -> None:
    assert not speaks_of_cramp(None)


def test_a_diary_of_100_000_letters_takes_no_time() -> None:
    assert not speaks_of_cramp("kr" * 50_000)
    assert not speaks_of_cramp("kra " * 25_000)
