"""fitparse as the independent reader in tests: messages by name, seconds left as numbers.

Its own conversion of instants warns from Python 3.12 on, and warnings are errors here.
"""

from __future__ import annotations

import contextlib
import io
from typing import Any

import fitparse
from fitparse import records as fitparse_records


class _AsStored:
    """fitparse's hooks doing nothing."""

    def run_type_processor(self, field: object) -> None: ...

    run_field_processor = run_unit_processor = run_message_processor = run_type_processor


def fit_messages(
    content: bytes, name: str | None = None, check_crc: bool = True
) -> list[tuple[str, dict[str, object]]]:
    """Name and values of each message, in file order, as far as fitparse gets through the file."""
    found: list[tuple[str, dict[str, object]]] = []
    file = fitparse.FitFile(io.BytesIO(content), check_crc=check_crc, data_processor=_AsStored())
    with contextlib.suppress(fitparse.FitParseError):
        for message in file.get_messages(name):
            found.append((message.name, message.get_values()))  # noqa: PERF401 - kept when the next one fails
    return found


def fit_records(content: bytes) -> tuple[list[dict[Any, Any]], bool]:
    """Every record's known fields, and whether fitparse came to the file's end.

    FIT's own fields by name, developers' by (developer data index, field number). A value that a field of its own
    holds wins over one unfolded from another field; enumerations are the numbers that stand in the file.
    """
    fitparse_records.DEV_TYPES.clear()  # fitparse keeps it from file to file
    found: list[dict[Any, Any]] = []
    file = fitparse.FitFile(io.BytesIO(content), check_crc=False, data_processor=_AsStored())
    try:
        for message in file.get_messages("record"):
            found.append(_record_fields(message))  # noqa: PERF401 - kept when the next one fails
    except fitparse.FitParseError:
        return found, False
    return found, True


def _record_fields(message: Any) -> dict[Any, Any]:
    fields: dict[Any, Any] = {}
    unfolded: dict[Any, Any] = {}
    for one in message.fields:
        value = one.raw_value if one.field is not None and one.field.type.values else one.value
        if value is None or value == () or (isinstance(value, tuple) and all(part is None for part in value)):
            continue
        if isinstance(one.field, fitparse_records.DevField):
            fields[one.field.dev_data_index, one.field.def_num] = value
        elif one.field_def is None:
            unfolded[one.name] = value
        else:
            fields[one.name] = value
    return {**unfolded, **fields}
