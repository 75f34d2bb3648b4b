"""Reads the table of a Strava export, activities.csv: details of each recording in the export. Called by `tables`.

Its headers are translated, occur twice (first in the runner's units, later in SI) and increase every year. So columns are
found by name, and the column of file names by its content. For an unknown language, the first columns have the same places
in every export seen: id, date, title, type, description; the gear comes before the file.
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

# English, German, French, Spanish, Italian, Portuguese, Dutch, Japanese, as in exports; compared casefolded.
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
_PLACES = {"title": 2, "type": 3, "description": 4}  # for an unknown language
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
_SPORT_OF = {name: sport for sport, names in _SPORTS.items() for name in names}
_SPORT_OF |= {"traillauf": "trail running", "trail": "trail running", "carrera de montaña": "trail running"}


@dataclass(frozen=True, slots=True)
class StravaTable:
    """`words`: details by file name as in the table ('activities/1.fit.gz'); the number of activities without a file."""

    words: dict[str, ExportDetails]
    without_file: int


def read_strava_table(content: bytes) -> StravaTable:
    """Read the table; the result is empty if no column contains file names. Raises FileRefused for a damaged table."""
    if len(content) > MAX_TABLE_BYTES or content.count(b",") > _MOST_CELLS:
        raise FileRefused(
            "too_large", "the table of activities is too large: titles were left out", "check what this file is"
        )
    before = csv.field_size_limit(MAX_TABLE_BYTES)
    try:
        header = next(_rows(content), [])
        column = _columns(header, content)
        return _read(header, column, content) if "file" in column else StravaTable({}, 0)
    except csv.Error as error:
        raise FileRefused("damaged", "the table of activities is damaged", "request the export again") from error
    finally:
        csv.field_size_limit(before)


def _rows(content: bytes) -> Iterator[list[str]]:
    """Yield the rows one at a time: a table may be large."""
    first = content.partition(b"\n")[0]
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", errors="replace", newline="")
    return csv.reader(text, delimiter=";" if b";" in first and b"," not in first else ",")


def _read(header: Sequence[str], column: dict[str, int], content: bytes) -> StravaTable:
    english = any(_plain(name) == "activity type" for name in header)
    details, without_file = {}, 0
    for row in islice(_rows(content), 1, None):
        if file := _name(_cell(row, column, "file")):
            details[file] = _details(row, column, english)
        else:
            without_file += any(row)
    return StravaTable(details, without_file)


def _columns(header: Sequence[str], content: bytes) -> dict[str, int]:
    """Return the column of each value: the first with its name, because the second has other units."""
    names = [_plain(name) for name in header]
    column = {what: names.index(name) for what, headers in _HEADERS.items() for name in headers if name in names}
    if "file" not in column and (found := _file_column(_rows(content))) is not None:
        column["file"] = found
    if "file" in column and not column.keys() & {"title", "type"}:
        column |= {what: place for what, place in _PLACES.items() if place < column["file"]}
        column.setdefault("gear", column["file"] - 1)
    return column


def _file_column(activities: Iterable[Sequence[str]]) -> int | None:
    """Return the first column that contains a file name."""
    return next((no for row in activities for no, cell in enumerate(row) if _FILE.match(_name(cell))), None)


def _details(row: Sequence[str], column: dict[str, int], english: bool) -> ExportDetails:
    texts = [_cell(row, column, what) for what in ("description", "private note")]
    sport, sub_sport = _sport(_cell(row, column, "type"), english)
    return ExportDetails(
        title=_cell(row, column, "title") or None,
        description="\n".join(dict.fromkeys(text for text in texts if text)) or None,
        sport=sport,
        sub_sport=sub_sport,
        gear=_cell(row, column, "gear") or None,
        weather=_weather(row, column),
    )


def _sport(term: str, english: bool) -> tuple[str | None, str | None]:
    """Return the sport of an activity's type; None for a term in an unknown language, so that the speed decides."""
    sport = _SPORT_OF.get(_plain(term))
    return sport_of_word(sport or term) if sport or english else (None, None)


def _weather(row: Sequence[str], column: dict[str, int]) -> RecordedWeather | None:
    """Return the weather of the row; impossible values are removed in `cleaning`."""
    measured = {what: _number(_cell(row, column, what)) for what in _WEATHER}
    humidity = _number(_cell(row, column, "humidity"))
    if 0.0 in (humidity, measured["pressure_hpa"]):  # zero here means 'not known'
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
