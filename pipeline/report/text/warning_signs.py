"""The fixed texts of every report: the frame, the warning signs, and what studies say.

`cramplog runner flags` asks for the same signs, by their keys. The signs and their sources: docs/method.md#warning-signs.
The texts are our own; a clinician should review them before wide use.
"""

from __future__ import annotations

from dataclasses import dataclass

FRAME = (
    "This is information about your training, not a diagnosis or medical advice, and not a check that you "
    "are fit to run. If any warning sign below fits, ignore the number and get help."
)
NOT_CAUSING = "Going along is not the same as causing."


@dataclass(frozen=True, slots=True)
class Sign:
    """One warning sign; `key` is stored when a runner ticks it."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Tier:
    """One degree of urgency: what to do, and the signs that call for it."""

    key: str
    title: str
    signs: tuple[Sign, ...]


TIERS = (
    Tier(
        "now",
        "Call your emergency number now",
        (
            Sign(
                "heat_stroke",
                "Confusion, odd behaviour, a collapse, a seizure, or a very hot body: this can be heat stroke, "
                "on cool days too. Stop and cool the body first.",
            ),
            Sign(
                "diluted_blood",
                "Bad headache, vomiting, swelling or confusion after drinking a lot, up to a day later: "
                "the blood may be diluted. Drink nothing more until someone has looked at you.",
            ),
            Sign("chest", "Chest pain, shortness of breath, or fainting."),
            Sign(
                "giving_way",
                "Legs that suddenly give way within minutes while the muscles are not hard; with known "
                "sickle-cell trait also any cramp, weakness or shortness of breath. Stop at once: this may "
                "not be a cramp.",
            ),
            Sign(
                "swollen_calf",
                "One calf that is swollen, warm and red and stays so, with or without shortness of breath: "
                "it may be a clot.",
            ),
            Sign(
                "pale_limb",
                "An arm or leg that turns pale, cold or numb, or pain that keeps rising in a tight, hard muscle.",
            ),
        ),
    ),
    Tier(
        "today",
        "See a doctor the same day",
        (
            Sign(
                "dark_urine",
                "Dark urine, like cola; pain, weakness or swelling far beyond what the run explains. "
                "Also when it starts days later.",
            ),
            Sign("long_cramp", "A cramp that has not let go after 10 minutes."),
            Sign("wound", "Muscle spasms while you have a wound."),
            Sign("all_over", "Cramps all over the body, or together with vomiting, diarrhoea or fever."),
        ),
    ),
    Tier(
        "visit",
        "Book a visit",
        (
            Sign(
                "same_effort",
                "Pain in the calf, thigh or buttock that comes at the same effort each time and goes away "
                "within minutes of rest, especially if you smoke, have diabetes or are over 50.",
            ),
            Sign("numb_foot", "Tightness at the same distance each time, with numbness or a foot that drops."),
            Sign(
                "weakness",
                "Weakness, numbness, a muscle that gets thinner, or cramps at rest or at night that spoil your sleep.",
            ),
            Sign(
                "medicine",
                "Cramps that started after you began a medicine, such as one for cholesterol, a water tablet or "
                "an asthma inhaler. Ask about it; do not stop it on your own.",
            ),
            Sign(
                "illness",
                "A long-term illness, an earlier collapse, a pregnancy, first cramps after the age of 50, "
                "or cramps that come more often or harder than you are used to.",
            ),
        ),
    ),
)

SIGNS = {sign.key: sign for tier in TIERS for sign in tier.signs}

STUDIES = (
    "In published marathon groups about 20 of 100 runners cramp. Among entrants to a half marathon about "
    "8 of 100 say they have ever had one.",
    "Most cramps come late: in one large race close to half of them came in the last quarter.",
    "In two race studies, athletes who cramped had raced faster than athletes with similar preparation. "
    "That is a link, not proof.",
    "Research does not show that heat by itself brings on cramp. Heat has its own dangers.",
    "We found no study of the time of day.",
)
