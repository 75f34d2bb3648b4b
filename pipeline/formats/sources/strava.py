"""The table of a Strava export, activities.csv: what it says of each file beside it. Called by exports.

Its headers are translated, come twice (in the units shown, later in SI) and grow from year to year, so columns go by
name, and the column of file names by what stands in it. Where a language is unknown, the first columns have kept their
places in every export seen: id, date, title, type, description; the gear stands before the file.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.sport import sport_of_word
from pipeline.schema import ExportDetails, RecordedWeather

MAX_TABLE_BYTES = 50_000_000  # ten years with a diary have 5 MB
_MOST_CELLS = 10_000_000
_FILE = re.compile(r"^activities/.+\.(fit|gpx|tcx)(\.gz)?$", re.IGNORECASE)

# English, German, French, Spanish, Italian, Portuguese, Dutch, Japanese, as exports have them; compared casefolded.
_HEADERS = {
    "file": (
        "filename", "dateiname", "nom du fichier", "nombre del archivo", "nombre de archivo", "nome del file", "nome file",
        "nome do arquivo", "nome do ficheiro", "bestandsnaam", "ファイル名",
    ),
    "title": (
        "activity name", "name der aktivität", "nom de l'activité", "nombre de la actividad", "nome dell'attività",
        "nome attività", "nome da atividade", "naam activiteit", "naam van activiteit", "アクティビティ名",
    ),
    "type": (
        "activity type", "aktivitätsart", "type d'activité", "tipo de actividad", "tipo di attività", "tipo attività",
        "tipo de atividade", "tipo da atividade", "activiteitstype", "アクティビティタイプ",
    ),
    "description": (
        "activity description", "aktivitätsbeschreibung", "description de l'activité", "descripción de la actividad",
        "descrizione dell'attività", "descrizione attività", "descrição da atividade", "beschrijving van activiteit",
        "アクティビティの説明",
    ),
    "private note": (
        "activity private note", "hinweis zur privatsphäre für aktivitäten", "note privée sur les activités",
    ),
    "gear": ("activity gear", "aktivitätsausrüstung", "matériel utilisé pour l'activité"),
    "air_temp_c": ("weather temperature", "wetter: temperatur"),
    "dew_point_c": ("dewpoint", "taupunkt"),
    "humidity": ("humidity", "luftfeuchtigkeit"),
    "pressure_hpa": ("weather pressure", "wetter: druck"),
    "wind_ms": ("wind speed", "windgeschwindigkeit"),
    "precip_mm": ("precipitation intensity", "niederschlagsintensität"),
}  # fmt: skip
_PLACES = {"title": 2, "type": 3, "description": 4}  # where the language is unknown
_WEATHER = ("air_temp_c", "dew_point_c", "pressure_hpa", "wind_ms", "precip_mm")
_SPORTS = {
    "running": ("lauf", "laufen", "course à pied", "course", "carrera", "corsa", "corrida", "hardloopsessie",
                "hardlopen", "ランニング"),
    "cycling": ("radfahrt", "radfahren", "vélo", "sortie à vélo", "ciclismo", "bicicleta", "giro in bici", "pedalada",
                "fietsrit", "ライド"),
    "walking": ("spaziergang", "marche", "caminata", "camminata", "caminhada", "wandeling", "ウォーキング"),
    "hiking": ("wanderung", "randonnée", "senderismo", "escursione", "trilha", "ハイキング"),
    "swimming": ("schwimmen", "natation", "natación", "nuoto", "natação", "zwemmen", "水泳"),
}  # fmt: skip
_SPORT_OF = {word: sport for sport, words in _SPORTS.items() for word in words}
_SPORT_OF |= {"traillauf": "trail running", "trail": "trail running", "carrera de montaña": "trail running"}


@dataclass(frozen=True, slots=True)
class StravaTable:
    """`words` by file name, as the table has it ('activities/1.fit.gz'); how many activities have no file at all."""

    words: dict[str, ExportDetails]
    without_file: int


def read_strava_table(content: bytes) -> StravaTable:
    """What the table says; nothing when none of its columns names files. Raises FileRefused for a damaged one."""
    if len(content) > MAX_TABLE_BYTES or content.count(b",") > _MOST_CELLS:
        raise FileRefused("too_large", "no table of activities is that large: titles were left out", "look what it is")
    before = csv.field_size_limit(MAX_TABLE_BYTES)
    try:
        header = next(_rows(content), [])
        column = _columns(header, content)
        return _read(header, column, content) if "file" in column else StravaTable({}, 0)
    except csv.Error as error:
        raise FileRefused("damaged", "the table of activities is damaged", "ask for the export again") from error
    finally:
        csv.field_size_limit(before)


def _rows(content: bytes) -> Iterator[list[str]]:
    """The rows, one after another: a table may be large, and one row is enough at a time."""
    first = content.partition(b"\n")[0]
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", errors="replace", newline="")
    return csv.reader(text, delimiter=";" if b";" in first and b"," not in first else ",")


def _read(header: Sequence[str], column: dict[str, int], content: bytes) -> StravaTable:
    english = any(_plain(name) == "activity type" for name in header)
    words, without_file = {}, 0
    for row in islice(_rows(content), 1, None):
        if file := _name(_cell(row, column, "file")):
            words[file] = _words(row, column, english)
        else:
            without_file += any(row)
    return StravaTable(words, without_file)


def _columns(header: Sequence[str], content: bytes) -> dict[str, int]:
    """Which column holds what: the first of its name, as the later twin has other units."""
    names = [_plain(name) for name in header]
    column = {what: names.index(name) for what, called in _HEADERS.items() for name in called if name in names}
    if "file" not in column and (found := _file_column(_rows(content))) is not None:
        column["file"] = found
    if "file" in column and not column.keys() & {"title", "type"}:
        column |= {what: place for what, place in _PLACES.items() if place < column["file"]}
        column.setdefault("gear", column["file"] - 1)
    return column


def _file_column(activities: Iterable[Sequence[str]]) -> int | None:
    """The first column in which a file's name stands."""
    return next((no for row in activities for no, cell in enumerate(row) if _FILE.match(_name(cell))), None)


def _words(row: Sequence[str], column: dict[str, int], english: bool) -> ExportDetails:
    told = [_cell(row, column, what) for what in ("description", "private note")]
    sport, sub_sport = _sport(_cell(row, column, "type"), english)
    return ExportDetails(
        title=_cell(row, column, "title") or None,
        description="\n".join(dict.fromkeys(one for one in told if one)) or None,
        sport=sport,
        sub_sport=sub_sport,
        gear=_cell(row, column, "gear") or None,
        weather=_weather(row, column),
    )


def _sport(word: str, english: bool) -> tuple[str | None, str | None]:
    """The sport of an activity's type; None for a word of a language that we do not know, so that the speed decides."""
    known = _SPORT_OF.get(_plain(word))
    return sport_of_word(known or word) if known or english else (None, None)


def _weather(row: Sequence[str], column: dict[str, int]) -> RecordedWeather | None:
    """The weather of the row; what no air can be is settle's to leave out."""
    measured = {what: _number(_cell(row, column, what)) for what in _WEATHER}
    humidity = _number(_cell(row, column, "humidity"))
    if 0.0 in (humidity, measured["pressure_hpa"]):  # zeros all along stand for 'not known'
        return None
    if humidity is not None and humidity <= 1.0:  # a fraction in every export seen
        humidity *= 100.0
    if humidity is None and not any(value is not None for value in measured.values()):
        return None
    return RecordedWeather("strava export", 0.0, rel_humidity_pct=humidity, **measured)


def _number(cell: str) -> float | None:
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _cell(row: Sequence[str], column: dict[str, int], what: str) -> str:
    place = column.get(what, -1)
    return row[place].strip().replace("\r\n", "\n") if 0 <= place < len(row) else ""


def _name(cell: str) -> str:
    return cell.strip().replace("\\", "/")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").casefold().split())
