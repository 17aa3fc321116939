"""Sensor tables in CSV and other delimited text: long, wide, split time columns, lists of places."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from twin.data import Sensors
from twin.history.columns import recognise
from twin.history.tables import Content, companion_of, content_of, info_of
from twin.history.text_table import NULLS, Shape, shape_of
from twin.history.workbook import is_workbook
from twin.history.workbook import table_of as sheet_of
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.text_encoding import as_utf8
from twin.times import zone
from twin.trouble import Trouble

SUFFIXES = (".csv", ".tsv", ".txt", ".dat")
SHEETS = (".xlsx", ".xls", ".xlsm", ".ods")
BLOCK_BYTES = 1 << 25


def sniff(path: Path, head: bytes) -> float:
    suffix = path.suffix.lower()
    if is_workbook(head) and suffix in (*SUFFIXES, *SHEETS):
        return 0.9
    if (b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))) or head.lstrip()[:1] in (b"{", b"[", b"<"):
        return 0.0
    lines = head.splitlines()[:20]
    cut = any(sum(mark in line for line in lines) > len(lines) / 2 for mark in (b",", b";", b"\t", b"|"))
    return (0.5 if suffix in SUFFIXES else 0.2) if cut else 0.0


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    content, shape = _content(path, source, time_zone, assumed.crs, Progress())
    label = {",": "CSV", ";": "CSV (;)", "\t": "TSV", "": tr("Workbook")}.get(shape.delimiter, "CSV (|)")
    return [info_of(content, source, label, time_zone)]


@reader("sensor-csv", label="Sensor tables (CSV, workbooks)", suffixes=(*SUFFIXES, *SHEETS), sniff=sniff,
        inspect=inspect, assumes=True)
def read(request: Request, progress: Progress) -> Sensors:
    source = request.source
    time_zone = source.time_zone or request.time_zone
    try:
        content, _ = _content(request.path, source, time_zone, request.frame.crs, progress)
    except NotMine:
        raise Trouble(tr("This table has neither readings with a time nor places of sensors."),
                      way_out=tr("Name its columns time, id and value, or lon and lat."),
                      path=source.path) from None
    return content.placed(request.frame)


def table_of(path: Path, encoding: str = ""):
    """(Arrow table, Shape) of a whole text table or a workbook's fullest sheet. Raises NotMine for other files."""
    with open(path, "rb") as file:
        if is_workbook(file.read(8)):
            table, first, _, notes = sheet_of(path)
            names = tuple(table.column_names)
            return table, Shape(encoding="", delimiter="", names=names, skip=first - 1, notes=notes)
    shape = shape_of(path, encoding)
    if shape is None:
        raise NotMine
    if shape.plain:
        table, ragged = parsed(path, shape, str(path))
    else:
        table, ragged = parsed(as_utf8(path, shape.encoding), replace(shape, encoding="utf-8"), str(path))
    if ragged:
        note = tr("{n} lines have another number of columns and were left out.", n=ragged)
        shape = Shape(**{**vars(shape), "notes": (*shape.notes, note)})
    return table, shape


def _content(path: Path, source: Source, time_zone: str, project_crs: str,
             progress: Progress) -> tuple[Content, Shape]:
    zone(time_zone)
    progress(0, 0, tr("Reading the table"))
    table, shape = table_of(path, source.encoding)
    beside = companion_of(path, source)
    companion = table_of(beside)[0] if beside else None
    progress(0, 0, tr("Sorting the readings"))
    return content_of([table], recognise(table.schema), source, time_zone, companion, project_crs,
                      shape.notes), shape


def parsed(file, shape: Shape, path: str):
    """(table, ragged lines) of a path or a binary file. A column that turns out not to be what its first block
    looked like is read as text."""
    import pyarrow as pa
    from pyarrow import csv
    ragged = 0

    def skip(row) -> str:
        nonlocal ragged
        ragged += 1
        return "skip"

    types: dict[str, pa.DataType] = {}
    reading = csv.ReadOptions(column_names=list(shape.names), skip_rows=shape.skip, encoding=shape.encoding,
                              block_size=BLOCK_BYTES)
    parsing = csv.ParseOptions(delimiter=shape.delimiter, invalid_row_handler=skip)
    while True:
        ragged = 0
        converting = csv.ConvertOptions(null_values=NULLS, strings_can_be_null=True, column_types=types,
                                        decimal_point=shape.decimal)
        try:
            table = csv.read_csv(file, reading, parsing, converting)
        except pa.ArrowInvalid as error:
            number = re.search(r"In CSV column #(\d+)", str(error))
            name = shape.names[int(number[1])] if number else ""
            if not name or name in types:
                raise Trouble(tr("The table could not be parsed."), cause=str(error)[:300],
                              way_out=tr("Check the delimiter and the quotes of the file."), path=path) from None
            types[name] = pa.string()
            file.seek(0) if hasattr(file, "seek") else None
            continue
        return numeric(table, shape.decimal), ragged


def numeric(table, decimal: str, among=None):
    """Text columns (all, or those `among` some) that are numbers except for a few cells become numbers; the cells
    become gaps."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from twin.history.places import numbers
    for place, field in enumerate(table.schema):
        if not pa.types.is_string(field.type) or (among is not None and field.name not in among):
            continue
        text = table.column(place)
        if decimal == ",":
            text = pc.replace_substring(text, ",", ".")
        values = pa.array(numbers(text), from_pandas=True)
        told = len(table) - table.column(place).null_count
        if told and pc.count(values).as_py() > 0.8 * told:
            table = table.set_column(place, field.name, values)
    return table
