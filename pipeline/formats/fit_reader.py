"""fitparse made forgiving: one message after another of a FIT file, whatever its definitions look like.

fitparse gives the meaning of the fields (names, scales, components). Definitions and raw values are read
here, because fitparse 1.2.0 refuses a whole file for one misaligned or zero-size field, keeps developer
fields in a table that all files and threads of the process share, and builds an object per field. Called by
fit_messages only.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from itertools import islice

import fitparse
from fitparse.profile import FIELD_TYPE_TIMESTAMP as _TIMESTAMP
from fitparse.profile import MESSAGE_TYPES
from fitparse.records import (
    BASE_TYPE_BYTE,
    BASE_TYPES,
    DataMessage,
    DefinitionMessage,
    Field,
    FieldDefinition,
    MessageHeader,
    MessageType,
)
from fitparse.utils import FitParseError

# FIT's field names of a record, each a float64 column of a FitPart.
RECORD_FIELDS = (
    "timestamp",
    "position_lat",
    "position_long",
    "enhanced_altitude",
    "altitude",
    "enhanced_speed",
    "speed",
    "distance",
    "heart_rate",
    "cadence",
    "fractional_cadence",
    "power",
    "temperature",
)
OTHER_MESSAGES = ("file_id", "session", "lap", "event", "activity", "sport")
# What a damaged byte makes fitparse and its number formats raise: they trust the file.
BROKEN = (FitParseError, struct.error, KeyError, ValueError, TypeError, IndexError, OverflowError)
_COMPRESSED = "compressed_speed_distance"

Fields = Mapping[str, object]


class ForgivingReader(fitparse.FitFile):  # type: ignore[misc]
    """`walk` gives the messages; what went on meanwhile stands in `n_misaligned` and `at_trailing_bytes`.

    Raises one of BROKEN where the file stops making sense.
    """

    def __init__(self, content: bytes) -> None:
        self.n_misaligned = 0
        self.at_trailing_bytes = False
        self._layouts: dict[int, struct.Struct] = {}
        super().__init__(io.BytesIO(content), check_crc=False, data_processor=_NoProcessing())

    def walk(self) -> Iterator[tuple[str, Fields]]:
        """Name and fields of each message we use, in file order, through all chained files."""
        while self._bytes_left > 0 or self._next_file():
            header = self._parse_message_header()
            if header.is_definition:
                self._parse_definition_message(header)
                continue
            definition = self._local_mesgs.get(header.local_mesg_num)
            if definition and definition.name == "record" and _is_plain(header, definition):
                yield "record", self._plain_record(definition)
                continue
            message = self._parse_data_message(header)
            if message.name == "record" or message.name in OTHER_MESSAGES:
                yield message.name, _fields(message)

    def _plain_record(self, definition: DefinitionMessage) -> Fields:
        """A record's scaled values without fitparse's object per field: five times as fast."""
        fields: dict[str, object] = {}
        raw = self._parse_raw_values_from_data_message(definition)
        for field, value in zip(definition.field_defs, raw, strict=True):
            if value is not None:
                fields[field.field.name] = self._apply_scale_offset(field.field, value)
        if "timestamp" in fields:
            self._compressed_ts_accumulator = fields["timestamp"]
        return fields

    def _next_file(self) -> bool:
        """Step over the checksum to a chained file's header; False at the end."""
        self.at_trailing_bytes = True  # no checksum, or a maker's own bytes after the body, are no damage
        self._bytes_left = 2
        self._read(2)
        if self._file.tell() >= self._filesize:
            return False
        self._parse_file_header()
        self.at_trailing_bytes = False
        return True

    def _parse_definition_message(self, header: MessageHeader) -> DefinitionMessage:
        endian = ">" if self._read_struct("xB") else "<"
        mesg_num, n_fields = self._read_struct("HB", endian=endian)
        mesg_type = MESSAGE_TYPES.get(mesg_num)
        kept, layout = [], endian
        for _ in range(n_fields):
            field = self._field_definition(mesg_type)
            kept += [field] if field.field else []
            layout += _letters(field) if field.field else f"{field.size}x"
        if header.is_developer_data:  # nothing we use: stepped over
            sizes = [self._read_struct("3B")[1] for _ in range(self._read_struct("B"))]
            layout += f"{sum(sizes)}x"
        self._start_accumulators(mesg_num, kept)
        self._layouts[header.local_mesg_num] = struct.Struct(layout)
        definition = DefinitionMessage(
            header=header,
            endian=endian,
            mesg_type=mesg_type,
            mesg_num=mesg_num,
            field_defs=kept,
            dev_field_defs=[],
        )
        self._local_mesgs[header.local_mesg_num] = definition
        return definition

    def _field_definition(self, mesg_type: MessageType | None) -> FieldDefinition:
        """The next field; its `field` is None when it will be stepped over."""
        number, size, type_number = self._read_struct("3B")
        field = mesg_type.fields.get(number) if mesg_type else None
        if number == _TIMESTAMP.def_num:
            field = _TIMESTAMP
        base_type = BASE_TYPES.get(type_number, BASE_TYPE_BYTE)
        if size % base_type.size or not size:
            self.n_misaligned += 1
            field = None
        if field and not _is_used(mesg_type, field):
            field = None
        return FieldDefinition(field=field, def_num=number, base_type=base_type, size=size)

    def _start_accumulators(self, mesg_num: int, fields: list[FieldDefinition]) -> None:
        """Counters that components carry on; a definition that comes again does not set them back."""
        counters = self._accumulators.setdefault(mesg_num, {})
        for field in fields:
            for component in field.field.components or ():
                if component.accumulate:
                    counters.setdefault(component.def_num, 0)

    def _parse_raw_values_from_data_message(self, definition: DefinitionMessage) -> list[object]:
        """Raw values of the kept fields, None where invalid; a tuple where a field is an array."""
        packed = self._layouts[definition.header.local_mesg_num]
        values = iter(packed.unpack(self._read(packed.size) or b""))
        raw: list[object] = []
        for field in definition.field_defs:
            kind = field.base_type
            count = 1 if kind.fmt == "s" else field.size // kind.size
            some = tuple(islice(values, count))
            if kind is BASE_TYPE_BYTE:
                raw.append(kind.parse(some))
            else:
                raw.append(kind.parse(some[0]) if count == 1 else tuple(kind.parse(one) for one in some))
        return raw


def _letters(field: FieldDefinition) -> str:
    return f"{field.size // field.base_type.size}{field.base_type.fmt}"


def _is_plain(header: MessageHeader, definition: DefinitionMessage) -> bool:
    """Whether each value of a record stands in a field of its own, and its time in full."""
    return header.time_offset is None and all(field.field.name != _COMPRESSED for field in definition.field_defs)


def _is_used(mesg_type: MessageType | None, field: Field) -> bool:
    """Of a record the columns we keep, of other messages we read everything, of the rest only the clock."""
    if field is _TIMESTAMP:
        return True
    if mesg_type is None:
        return False
    if mesg_type.name == "record":
        return field.name in RECORD_FIELDS or field.name == _COMPRESSED
    return mesg_type.name in OTHER_MESSAGES


class _NoProcessing:
    """fitparse's hooks, doing nothing: seconds stay seconds, and half of the time is saved."""

    def run_type_processor(self, field: object) -> None: ...

    run_field_processor = run_unit_processor = run_message_processor = run_type_processor


def _fields(message: DataMessage) -> Fields:
    """Values by name; a field the file holds itself wins over one unfolded from a component."""
    fields: dict[str, object] = {}
    for field in message.fields:
        if field.value is not None and (field.field_def is not None or field.name not in fields):
            fields[field.name] = field.value
    return fields
