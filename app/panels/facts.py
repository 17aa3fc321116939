"""What the inspector says about features, as rows of text. No Qt.

A missing value reads "—" and never 0.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np

from app.panels.time_marks import age_words
from layers.mesh_sizes import Sizes
from twin import times
from twin.class_words import full_class
from twin.column_words import column_words, property_words
from twin.data import RasterSeries
from twin.frame import Frame
from twin.layer import Layer
from twin.text import enumerated, language, once, tr
from twin.units import figures
from twin.value_words import ValueWord, worded

MISSING = "—"
NAMES = {"en": ("name_en", "name", "label", "title", "Name", "NAME", "name_zh", "名称"),
         "zh": ("name_zh", "名称", "name", "label", "title", "Name", "NAME", "name_en")}
UUID = re.compile(r".{0,8}[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}.{0,8}")
MOST_EMPTY = 6                       # attributes without a value, each in a line of its own
IDS = ("id", "guid", "gml_id")      # where nothing has a name
LANGUAGE = re.compile("_(zh|en)$")
CLASSES = ("class", "kind", "type", "use", "mode", "property", "category", "function", "类别", "类型")
SPECIES = ("species", "树种")       # a tree without a name is one of these
Words = tuple[ValueWord, ...]
MOST_FEATURES = 20_000             # of a selection: beyond this its common values are not searched


@dataclass(frozen=True)
class Row:
    """One line of the table. A row without a label of its own (`heading`) begins a group."""

    label: str
    value: str = ""
    heading: bool = False
    key: str = ""                  # the untranslated name, for copies and tests
    tip: str = ""                  # more about it, under the mouse
    link: str = ""                 # GlobalId of the element that the value names
    column: str = ""               # what a building can be coloured by, or asked for, to see this of every element
    target: tuple[str, int] | None = None      # layer and feature that the value names


def heading(label: str) -> Row:
    return Row(label, heading=True)


# -- values as text ---------------------------------------------------------------------------------


def words_of(value: Any, time_zone: str = "Asia/Shanghai") -> str:
    """A value as people read and copy it: exact, never rounded to please."""
    match value:
        case None:
            return MISSING
        case bool():
            return tr("yes") if value else tr("no")
        case float() if not math.isfinite(value):
            return MISSING
        case float():
            return f"{value + 0.0:.10g}"                   # -0.0 is no number that anybody means
        case datetime():
            return _instant(value, time_zone)
        case date():
            return value.isoformat()
        case bytes():
            return tr("{n} bytes", n=len(value))
        case list() | tuple():
            return ", ".join(words_of(x, time_zone) for x in value) or MISSING
        case dict():
            return ", ".join(f"{k}: {words_of(v, time_zone)}" for k, v in value.items()) or MISSING
        case str():
            return value or MISSING
    return str(value)


def _instant(value: datetime, time_zone: str) -> str:
    if value.tzinfo is None:
        return value.isoformat(" ")
    return times.readable(times.from_datetime(value), time_zone, seconds=True)


def _scalar(table, column: str, row: int) -> Any:
    """One cell as a Python value; float32 is shortened to the digits that it really has."""
    import pyarrow.types as t
    cell = table.column(column)[row]
    if t.is_float32(cell.type) and cell.is_valid:
        return float(str(np.float32(cell.as_py())))
    if t.is_timestamp(cell.type) and cell.is_valid and cell.type.unit == "ns":
        return cell.cast("timestamp[us]" if not cell.type.tz else f"timestamp[us, tz={cell.type.tz}]",
                         safe=False).as_py()
    return cell.as_py()


# -- one feature ------------------------------------------------------------------------------------


def title_of(features, row: int, words: Words = ()) -> str:
    """The name of a feature, in the present language where it has one, else in the other."""
    for column in (*NAMES[language()], *IDS):
        if column in features.column_names and (value := features.column(column)[row].as_py()) not in (None, ""):
            if not UUID.fullmatch(str(value)):               # a number for programs is nobody's name
                return once(str(value))
    species = next((worded(words, c, s) for c in SPECIES
                    if c in features.column_names and (s := features.column(c)[row].as_py())), "")
    called = species or class_of(features, row, words)
    return f"{called} {row + 1}" if called else tr("Feature {n}", n=row + 1)


def class_of(features, row: int, words: Words = ()) -> str:
    for column in CLASSES:
        if column in features.column_names and (value := features.column(column)[row].as_py()) not in (None, ""):
            said = worded(words, column, str(value))
            return property_words(str(value)) if column == "property" else once(full_class(said))
    return ""


def feature_rows(features, row: int, time_zone: str, words: Words = ()) -> list[Row]:
    """Every attribute of one feature, in the order of the file; known ones are called in words. What a column says in
    another language is left out where the words of its code say the same.
    """
    rows = [_attribute(name, _scalar(features, name, row), time_zone, words) for name in features.column_names]
    said = {row.key: row.value for row in rows if row.value != MISSING}
    return [row for row in rows if said.get(LANGUAGE.sub("", row.key)) != row.value or not LANGUAGE.search(row.key)]


def folded(rows: list[Row]) -> list[Row]:
    """Many attributes that a feature does not state stand in one line, by name; a few each in its own."""
    empty = [row for row in rows if not row.heading and row.value == MISSING]
    if len(empty) <= MOST_EMPTY:
        return rows
    names = enumerated(row.label for row in empty)
    return [*(row for row in rows if row not in empty), Row(tr("Not stated"), names, key="empty")]


def _attribute(name: str, value: Any, time_zone: str, vocabulary: Words) -> Row:
    code, value = value, worded(vocabulary, name, value)
    if name == "property" and isinstance(value, str):
        value = property_words(value)
    elif name.endswith("_m") and isinstance(value, float) and math.isfinite(value):
        value = round(value, 6) + 0.0                        # micrometres: what is less is no length but arithmetic
    words = column_words(name)
    tip = f"{name}: {code}" if isinstance(code, str) and code != value else name if words != name else ""
    return Row(words, words_of(value, time_zone), key=name, tip=tip)


ELEMENT_COLUMNS = {"class": "IFC class", "number": "Number in the file"}      # other words than in other tables
ELEMENT_PROPERTIES = {"class": "class", "name": "Name", "storey": "storey", "type": "type", "material": "material",
                      "predefined_type": "predefined_type", "description": "Description", "tag": "Tag",
                      "long_name": "LongName"}          # as the file is asked for them


def element_rows(features, row: int, time_zone: str, words: Words = ()) -> list[Row]:
    """The columns of an IFC element in words."""
    return in_element_words(feature_rows(features, row, time_zone, words))


def in_element_words(rows: list[Row]) -> list[Row]:
    asked = any(said.key == "guid" for said in rows)            # parts of a glTF have no file to ask
    return [_in_element_words(said, asked) for said in rows]


def _in_element_words(said: Row, asked: bool) -> Row:
    words = full_class(said.value) if said.key == "class" else said.value
    return replace(said, label=tr(ELEMENT_COLUMNS.get(said.key, said.label)), value=words,
                   column=ELEMENT_PROPERTIES.get(said.key, "") if asked else "")


def size_rows(measured: Sizes | None) -> list[Row]:
    """What the triangles of an element measure, apart from what its file claims."""
    if measured is None:
        return []
    rows = [heading(tr("Measured on the shape")),
            Row(tr("Surface area"), f"{measured.surface_m2:,.2f} m²", key="shape.surface"),
            Row(tr("Footprint"), f"{measured.footprint_m2:,.2f} m²", key="shape.footprint")]
    volume = MISSING if measured.volume_m3 is None else f"{measured.volume_m3:,.3f} m³"
    return [*rows, Row(tr("Volume"), volume, key="shape.volume",
                       tip=tr("The shape is not closed.") if measured.volume_m3 is None else "")]


def common_rows(features, rows: tuple[int, ...], time_zone: str, words: Words = ()) -> list[Row]:
    """What several features share; "(differs)" where they do not."""
    picked = features.take(sorted(rows)[:MOST_FEATURES])
    found = []
    for name in picked.column_names:
        same = _alike(picked.column(name))
        row = _attribute(name, _scalar(picked, name, 0), time_zone, words)
        found.append(row if same else replace(row, value=tr("(differs)")))
    return found


def _alike(column) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc
    try:
        return pc.count_distinct(column, mode="all").as_py() == 1
    except pa.ArrowNotImplementedError:                  # lists and structs
        return all(cell.equals(column[0]) for cell in column)


# -- a sensor at now --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """The newest reading at or before now. `state` is "ok", "stale" or "no data"; `age_ns` -1 without one."""

    value: float
    age_ns: int
    state: str


def reading_at(series: tuple[np.ndarray, np.ndarray], now_ns: int, stale_secs: float) -> Reading:
    """`series` as `History.series` gives it: times (k,) i8 ns ascending, values (k,) f4, NaN = reported missing."""
    instants, values = series
    at = int(np.searchsorted(instants, now_ns, side="right")) - 1
    if at < 0:
        return Reading(math.nan, -1, "no data")
    age = int(now_ns - instants[at])
    value = float(values[at])
    if not math.isfinite(value):
        return Reading(math.nan, age, "no data")
    return Reading(value, age, "stale" if age > stale_secs * times.SECOND else "ok")


def reading_rows(reading: Reading, unit: str) -> list[Row]:
    """A stale value is named as old; without a value there is none."""
    state = {"ok": tr("up to date"), "stale": tr("stale"), "no data": tr("no data")}[reading.state]
    value = MISSING if math.isnan(reading.value) else f"{figures(reading.value, digits=6)} {unit}".strip()
    age = MISSING if reading.age_ns < 0 else age_words(reading.age_ns)
    return [Row(tr("Value now"), value, key="value"), Row(tr("Measured"), age, key="age"),
            Row(tr("State"), state, key="state")]


def cell_words(series: RasterSeries, cell: int, frame: Frame) -> str:
    """"E 614,896 N 3,474,941", the middle of a raster's cell."""
    x, y = series.centre_of(cell)
    return f"E {x + frame.origin[0]:,.0f} N {y + frame.origin[1]:,.0f}"


def stale_secs_of(layer: Layer) -> float:
    """How old a reading may be, as the layer says: of a sensor in minutes, of a vehicle the gap of its track."""
    return getattr(layer, "gap_secs", None) or getattr(layer, "stale_minutes", 15.0) * 60.0


def tsv(rows: list[Row]) -> str:
    """Name and value per line, for a spreadsheet; headings stand alone."""
    def clean(text: str) -> str:
        return " ".join(text.split())
    lines = []
    for row in rows:
        value = "" if row.value == MISSING else clean(row.value)
        lines.append(clean(row.label) if row.heading else f"{clean(row.label)}\t{value}")
    return "\n".join(lines)
