"""How a table is going to be read: what was understood of it, and what the user said instead."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path

from twin.history import csv_file
from twin.history.columns import Roles, meanings, recognise
from twin.history.gather import SENTINELS
from twin.history.parquet_damage import damage_told
from twin.history.stamp_sql import Stamp, stamp_of
from twin.history.starts import named_start
from twin.history.text_table import Shape, shape_of
from twin.text import tr
from twin.times import iso, parse, zone
from twin.trouble import Trouble

HEAD_BYTES = 1 << 20                      # of a text table are looked at to tell its columns
NUMBERED = {"value", "lon", "lat", "x", "y", "above", "elevation"}
ROLE_NAMES = tuple(n for n in Roles.__dataclass_fields__ if n not in ("values", "unused"))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the user says about a file; "" or None = as it was understood.

    `roles`: column by role ({"time": "采集时间"}; "" = no column plays it). `values`: the columns of a wide table
    that are readings. `units`: unit by column or observed property. `thing`: what the readings belong to where
    the table does not say. `start`: when times that count from a start begin (ISO 8601), `counts`: in which unit
    (a key of `starts.UNITS_US`).
    """

    time_zone: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    sheet: str = ""
    sentinels: tuple[float, ...] | None = None
    roles: dict[str, str] = field(default_factory=dict)
    values: tuple[str, ...] | None = None
    units: dict[str, str] = field(default_factory=dict)
    thing: str = ""
    crs: str = ""
    start: str = ""
    counts: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """`table`: the Arrow table where the form has been read already (workbooks, JSON), else None.

    `first_row`: the row of the first data row as a spreadsheet counts, from 1. `sheets`: parts to choose from.
    """

    path: str
    form: str                             # "text", "parquet" or "table"
    label: str                            # for people: "CSV (;)", "Excel"
    names: tuple[str, ...]
    roles: Roles
    stamp: Stamp
    time_zone: str
    shape: Shape | None = None
    table: object = None
    first_row: int = 1
    sheets: tuple[str, ...] = ()
    sentinels: tuple[float, ...] = tuple(map(float, SENTINELS))
    thing: str = ""
    units: dict[str, str] = field(default_factory=dict)
    crs: str = ""
    head: object = None                   # pyarrow.Table: the first rows, typed
    notes: tuple[str, ...] = ()
    start_ns: int | None = None           # of a relative stamp; None = the file does not say, nor did the user

    @property
    def needs_start(self) -> bool:
        return self.stamp.relative and self.start_ns is None

    @property
    def decimal(self) -> str:
        return self.shape.decimal if self.shape else "."

    @property
    def lists_places(self) -> bool:
        """A list of sensors with places, and no readings."""
        return not self.roles.timed or not (self.roles.value or self.roles.values)

    @property
    def stem(self) -> str:
        return Path(self.path).stem


def plan_of(path: Path, time_zone: str, choice: Choice | None = None) -> Plan:
    """Understand a file of readings. Raises Trouble that names what is missing."""
    choice = choice or Choice()
    path, plan = Path(path), table_plan(path, time_zone, choice)
    roles = plan.roles
    if not roles.placed and (not roles.timed or not (roles.value or roles.values)):
        raise Trouble(tr("This table has no readings with a time."), path=str(path),
                      cause=tr("Its columns are {names}", names=", ".join(plan.names[:12])) if plan.names else "",
                      way_out=tr("Name its columns time, id and value, or say which column is which."))
    time_zone = choice.time_zone or time_zone
    zone(time_zone)
    sentinels = plan.sentinels if choice.sentinels is None else tuple(choice.sentinels)
    stamp = stamp_of(plan.head, roles, choice.counts, bool(choice.start)) if roles.timed else Stamp("parts")
    start, told = _start_of(path, stamp, choice, time_zone)
    return replace(plan, stamp=stamp, time_zone=time_zone, thing=choice.thing, start_ns=start,
                   units=choice.units, sentinels=sentinels, crs=choice.crs, notes=(*plan.notes, *told))


def table_plan(path: Path, time_zone: str, choice: Choice) -> Plan:
    """The table and its columns, whether or not they are enough for readings."""
    path = Path(path)
    _must_exist(path)
    plan = _shaped(path, choice, choice.time_zone or time_zone)
    return replace(plan, roles=_chosen_roles(plan.roles, plan.names, choice, plan.path))


def _start_of(path: Path, stamp: Stamp, choice: Choice, time_zone: str) -> tuple[int | None, tuple[str, ...]]:
    """(when times that count from a start begin, what to say of it)."""
    said = parse(choice.start, time_zone) if choice.start else None
    if not stamp.relative:
        return None, (tr("The file says its times itself: the start that was given is not used."),) if said else ()
    if said is not None:
        return said, (tr("Its times count from {time}, as was said.", time=iso(said, time_zone)),)
    named = named_start(path, time_zone)
    return named, () if named is None else (tr("It begins at {time}, by its name, read in {zone}.",
                                               time=iso(named, time_zone), zone=time_zone),)


def must_begin(plan: Plan) -> None:
    """Raises Trouble where times count from a start that nobody said: they would stand in 1970."""
    if plan.needs_start:
        raise Trouble(tr("The times of this file count from a start that it does not say."), path=plan.path,
                      way_out=tr("Say when it begins: in the import assistant, or with --start 2018-10-24T08:30."))


def _shaped(path: Path, choice: Choice, time_zone: str) -> Plan:
    from twin.history import gtfs_tables, json_table, trace_table, workbook
    if gtfs_tables.members(path):
        raise Trouble(tr("This is a timetable (GTFS): it has no readings."), path=str(path),
                      way_out=tr("Add it as a layer with Add files…: its vehicles drive by the clock."))
    if trace := trace_table.table_of(path, time_zone):
        label, table, notes = trace
        return replace(_read(path, table, 1, (), notes, label=label), roles=trace_table.roles_of(table))
    plan = _tabled(path, choice, json_table, workbook)
    return replace(plan, roles=trace_table.moving_roles(plan.head, plan.roles))


def _tabled(path: Path, choice: Choice, json_table, workbook) -> Plan:
    with open(path, "rb") as file:
        start = file.read(4096)
    if start[:4] == b"PAR1":
        return _parquet(path)
    if workbook.is_workbook(start):
        return _read(path, *workbook.table_of(path, choice.sheet), label=tr("Workbook"))
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _read(path, *json_table.table_of(path), label="JSON")
    return _text(path, choice)


def _text(path: Path, choice: Choice) -> Plan:
    shape = shape_of(path, choice.encoding, choice.delimiter)
    if shape is None:
        raise _uncut(path)
    if choice.decimal:
        shape = replace(shape, decimal=choice.decimal)
    head = csv_file.parsed(_head(path, shape), replace(shape, encoding="utf-8"), str(path))[0]
    label = {",": "CSV", ";": "CSV (;)", "\t": "TSV"}.get(shape.delimiter, f"CSV ({shape.delimiter})")
    return Plan(path=str(path), form="text", label=label, names=shape.names, roles=recognise(head.schema),
                stamp=Stamp("naive"), time_zone="", shape=shape, first_row=shape.skip + 1, head=head, notes=shape.notes)


def _uncut(path: Path) -> Trouble:
    with open(path, "rb") as file:
        opened = file.read(HEAD_BYTES).count(b'"') % 2 == 1 and not file.read(1)
    if opened:
        return Trouble(tr("This is no table of readings."), cause=tr("A quotation mark is opened and never closed"),
                       way_out=tr("Close it or take it out."), path=str(path))
    return Trouble(tr("This is no table of readings."), cause=tr("No delimiter cuts its lines into columns"),
                   way_out=tr("Export it as CSV, or say which delimiter it has."), path=str(path))


def _head(path: Path, shape: Shape):
    """The first lines as a file of UTF-8, whole lines only, with what stands before the table."""
    with open(path, encoding=shape.encoding, errors="replace", newline="") as file:
        text = file.read(HEAD_BYTES)
        text += file.readline()
    return io.BytesIO(text.encode("utf-8"))


def _parquet(path: Path) -> Plan:
    import pyarrow as pa
    from pyarrow import parquet
    with damage_told(path):
        file = parquet.ParquetFile(path)
        head = next(file.iter_batches(batch_size=5000), None)
    schema = file.schema_arrow
    table = pa.Table.from_batches([head]) if head is not None else schema.empty_table()
    return Plan(path=str(path), form="parquet", label="Parquet", names=tuple(schema.names), roles=recognise(schema),
                stamp=Stamp("naive"), time_zone="", head=table)


def _read(path: Path, table, first_row: int, sheets: tuple[str, ...], notes: tuple[str, ...], label: str) -> Plan:
    told = {name for name in table.column_names if set(meanings(name)) <= NUMBERED}
    head = csv_file.numeric(table.slice(0, 5000), ".", told)           # a workbook may hold its numbers as texts
    return Plan(path=str(path), form="table", label=label, names=tuple(table.column_names),
                roles=recognise(head.schema), stamp=Stamp("naive"), time_zone="", table=table, first_row=first_row,
                sheets=sheets, head=head, notes=notes)


def _chosen_roles(roles: Roles, names: tuple[str, ...], choice: Choice, path: str) -> Roles:
    """The recognised roles with the user's own: a column that gets a role loses the one it had."""
    wrong = [c for c in (*choice.roles.values(), *(choice.values or ())) if c and c not in names]
    if wrong:
        raise Trouble(tr("There is no column {name}.", name=wrong[0]), path=path,
                      way_out=tr("Columns: {names}.", names=", ".join(names)))
    taken = {c for c in choice.roles.values() if c}
    told = {n: "" if getattr(roles, n) in taken else getattr(roles, n) for n in ROLE_NAMES}
    told.update({n: c for n, c in choice.roles.items() if n in told})
    values = choice.values if choice.values is not None else tuple(v for v in roles.values if v not in taken)
    return Roles(**told, values=() if told["value"] else tuple(values), unused=roles.unused)


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise Trouble(tr("The file is not there."), cause=tr("It was moved, renamed or never copied"),
                      way_out=tr("Check the path."), path=str(path))
    if path.stat().st_size == 0:
        raise Trouble(tr("The file is empty."), cause=tr("It has 0 bytes"),
                      way_out=tr("Copy or export it again."), path=str(path))
