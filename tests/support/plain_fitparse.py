"""fitparse as the independent reader in tests: messages by name, seconds left as numbers.

Its own conversion of instants warns from Python 3.12 on, and warnings are errors here.
"""

from __future__ import annotations

import contextlib
import io

import fitparse


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
