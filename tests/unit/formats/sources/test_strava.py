"""The table of a Strava export: names of columns in several languages, what stands in them, and what may be missing."""

from __future__ import annotations

import csv

import pytest

from pipeline.formats.sources.strava import read_strava_table
from pipeline.schema import ExportDetails, RecordedWeather
from tests.support.exports import STRAVA_HEADER, strava_table

GERMAN = "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,Aktivitätsausrüstung,Dateiname,Verstrichene Zeit,Distanz,Wetter: Temperatur,Luftfeuchtigkeit"  # fmt: skip  # noqa: E501
FRENCH = (
    "ID de l'activité,Date de l'activité,Nom de l’activité,Type d'activité,Description de l'activité,Nom du fichier"
)
SPANISH = "ID de actividad,Fecha de la actividad,Nombre de la actividad,Tipo de actividad,Descripción de la actividad,Nombre del archivo"  # noqa: E501
DUTCH = "Activiteits-ID,Datum van activiteit,Naam activiteit,Activiteitstype,Beschrijving van activiteit,Bestandsnaam"
JAPANESE = "アクティビティID,アクティビティ実行日,アクティビティ名,アクティビティタイプ,ファイル名,移動時間,距離,距離"


def test_title_description_gear_and_weather_go_by_the_names_of_columns() -> None:
    row = {
        "Activity Name": "Long run", "Activity Type": "Trail Run", "Activity Description": "calf, again",
        "Activity Private Note": "too fast", "Activity Gear": "Old shoes", "Filename": "activities/1.fit.gz",
        "Weather Temperature": "21.5", "Apparent Temperature": "23", "Dewpoint": "14.1", "Humidity": "0.62",
        "Weather Pressure": "1013.2", "Wind Speed": "3.1", "Wind Gust": "9", "Precipitation Intensity": "0.4",
    }  # fmt: skip
    told = read_strava_table(strava_table([row]))
    weather = RecordedWeather("strava export", 0.0, 21.5, 62.0, 14.1, 3.1, 0.4, 1013.2)
    words = ExportDetails("Long run", "calf, again\ntoo fast", "running", "trail", "Old shoes", weather)
    assert told.words == {"activities/1.fit.gz": words}


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        (GERMAN, ["1", "01.06.2025", "Langer Lauf", "Lauf", "Wade", "300", "10,2", "Alte", "activities/1.gpx", "300", "10200",
                  "18.5", "0.5"],
         ExportDetails("Langer Lauf", "Wade", "running", None, "Alte", RecordedWeather("strava export", 0.0, 18.5, 50.0))),
        (FRENCH, ["1", "x", "Matin", "Course à pied", "", "activities/1.gpx"], ExportDetails("Matin", None, "running")),
        (SPANISH, ["1", "x", "Tarde", "Carrera", "gemelo", "activities/1.gpx"], ExportDetails("Tarde", "gemelo", "running")),
        (DUTCH, ["1", "x", "Avondloop", "Hardloopsessie", "", "activities/1.gpx"], ExportDetails("Avondloop", None, "running")),
        (JAPANESE, ["1", "x", "朝", "ランニング", "activities/1.gpx", "1", "2", "3"], ExportDetails("朝", None, "running")),
    ],
)  # fmt: skip
def test_a_translated_table_is_read(header: str, row: list[str], words: ExportDetails) -> None:
    line = ",".join(f'"{cell}"' for cell in row)
    assert read_strava_table(f"{header}\n{line}\n".encode()).words == {"activities/1.gpx": words}


def test_a_table_in_an_unknown_language_gives_its_titles_by_place_and_leaves_the_sport_to_the_speed() -> None:
    table = (
        "Id,Päivä,Nimi,Laji,Kuvaus,Aika,Varuste,Tiedosto,Sää\n7,x,Aamu,Juoksu,pohje,60,Kengät,activities/7.fit.gz,20\n"
    )
    told = read_strava_table(table.encode())
    assert told.words == {"activities/7.fit.gz": ExportDetails("Aamu", "pohje", None, None, "Kengät", None)}


def test_the_first_of_two_columns_of_a_name_counts() -> None:
    header = "Activity ID,Activity Name,Activity Type,Filename,Activity Name"
    told = read_strava_table(f"{header}\n1,first,Run,activities/1.fit,second\n".encode())
    assert told.words["activities/1.fit"].title == "first"


def test_activities_without_a_file_are_counted() -> None:
    rows = [{"Activity ID": "1", "Filename": "activities/1.fit"}, {"Activity ID": "2"}, {"Activity ID": "3"}]
    assert read_strava_table(strava_table(rows)).without_file == 2


def test_lines_quotes_a_mark_at_the_start_and_long_fields_are_kept() -> None:
    diary = 'She said "go".\r\n' + "x" * 200_000
    content = b"\xef\xbb\xbf" + strava_table([{"Activity Description": diary, "Filename": "activities/1.fit"}])
    limit = csv.field_size_limit()
    (words,) = read_strava_table(content).words.values()
    assert words.description == 'She said "go".\n' + "x" * 200_000
    assert csv.field_size_limit() == limit


def test_columns_that_are_new_change_nothing() -> None:
    row = {"Activity Name": "Run", "Filename": "activities/1.fit"}
    header = f"New First,{STRAVA_HEADER},With Pet"
    assert read_strava_table(strava_table([row], header)).words["activities/1.fit"].title == "Run"


@pytest.mark.parametrize("zero", ["Humidity", "Weather Pressure"])
def test_zeros_in_place_of_weather_are_no_weather(zero: str) -> None:
    row = {"Filename": "activities/1.fit", "Weather Temperature": "0.0", "Wind Speed": "nan", zero: "0.0"}
    assert read_strava_table(strava_table([row])).words["activities/1.fit"].weather is None


@pytest.mark.parametrize("content", [b"", b"\n", b"a,b\n1,2\n", b"\x00\xff\xfe", b'"', b"Filename\n"])
def test_a_table_without_files_says_nothing(content: bytes) -> None:
    assert read_strava_table(content).words == {}
