"""Attribute tables made plain: names and text in UTF-8, dates as text; heights, storeys and names found."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import numpy as np

from cim.encodings import Encoding, decode
from twin.text import tr

STOREY_M = 3.0
DEFAULT_HEIGHT_M = 9.0
HIGHEST_M = 1500.0                        # nothing built is higher: such a number is not metres
HEIGHT_NAMES = ("height", "heightm", "buildingheight", "bldgheight", "measuredheight", "roofheight", "hgt", "高度",
                "建筑高度", "房屋高度", "楼高", "建筑物高度", "gaodu", "h", "z")
FLOOR_NAMES = ("floors", "floor", "levels", "buildinglevels", "numfloors", "storeys", "stories", "floorcount",
               "floornum", "storeysaboveground", "层数", "地上层数", "楼层", "楼层数", "总层数", "建筑层数")
ROOF_SHAPE_NAMES = ("roofshape", "rooftype", "roofform", "屋顶形式", "屋顶类型", "屋顶形状", "屋面形式", "屋顶")
ROOF_RISE_NAMES = ("roofheight", "屋顶高度", "屋顶高", "坡屋顶高度")
TITLE_NAMES = ("name", "namezh", "name_zh", "名称", "stopname", "title", "nameen", "linename", "id")
USE_NAMES = ("use", "function", "usage", "buildinguse", "landuse", "用途", "功能", "性质", "用地性质")
ZONE_NAMES = ("zone", "zoneid", "demozone", "zonename", "分区", "示范区", "片区")
BUILDING_NAMES = ("building", "buildingtype", "建筑", "建筑类型", "建筑名称", "房屋类型")
GROUND_NAMES = ("landuse", "natural", "boundary", "用地性质", "地类")  # tables of areas of all kinds have these too
BUILDING_STEM = re.compile(r"(?:^|[^a-z])(?:building|bldg|footprint)s?(?:[^a-z]|$)|房屋"
                           r"|(?:建筑|建筑物)(?:轮廓|基底|底面|面|白模)?$")
ZONE_STEM = re.compile(r"(?:^|[^a-z])zon(?:e(?![ _-]?\d\d)|es|ing)(?:[^a-z]|$)"      # "zone40" is that of coordinates
                       r"|分区|示范区|片区")


def plain(rows, encoding: Encoding | None):
    """(Arrow table that any reader can print, notes): text valid UTF-8, dates and binaries as text."""
    import pyarrow as pa
    names, columns, broken = [], [], 0
    for name, column in zip(rows.column_names, rows.columns):
        column, bad = _plain_column(column.combine_chunks(), encoding)
        names.append(_unique(decode(name, encoding.name) if encoding else name, names))
        columns.append(column)
        broken += bad
    notes = (tr("{n} texts hold bytes that are no valid text; those show as �.", n=broken),) if broken else ()
    return pa.table(columns, names=names) if names else None, notes


def _plain_column(column, encoding: Encoding | None):
    import pyarrow as pa
    import pyarrow.compute as pc
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain_column(column.dictionary_decode(), encoding)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _text_column(column, encoding)
    if pa.types.is_temporal(kind):
        return pc.cast(column, pa.string()), 0
    if pa.types.is_nested(kind):
        return pa.array([None if v is None else json.dumps(v, ensure_ascii=False, default=str)
                         for v in column.to_pylist()], pa.string()), 0
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if v is None else tr("{n} bytes", n=len(v)) for v in column.to_pylist()], pa.string()), 0
    return column, 0


def _text_column(column, encoding: Encoding | None):
    """Decodes each different text once."""
    import pyarrow as pa
    try:
        column.validate(full=True)
        if encoding is None:
            return column, 0
    except pa.ArrowInvalid:
        encoding = encoding or Encoding("utf-8", "guess")
    coded = column.cast(pa.large_binary() if pa.types.is_large_string(column.type) else pa.binary()).dictionary_encode()
    raw = coded.dictionary.to_pylist()
    texts = [_decoded(value, encoding) for value in raw]
    bad = sum("\ufffd" in text for text in texts)
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(texts, pa.string())).dictionary_decode(), bad


def _decoded(value: bytes, encoding: Encoding) -> str:
    """A shapefile's bytes travelled as ISO-8859-1 inside UTF-8; others are what they are."""
    if encoding.found == "guess" and encoding.name == "utf-8" and not _valid(value):
        for name in ("gb18030", "utf-8"):
            text = value.decode(name, "replace")
            if "\ufffd" not in text:
                return text
        return text
    return decode(value.decode("utf-8", "replace"), encoding.name)


def _valid(value: bytes) -> bool:
    try:
        value.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def _unique(name: str, taken: list[str]) -> str:
    candidate, n = name, 2
    while candidate in taken:
        candidate, n = f"{name}_{n}", n + 1
    return candidate


def find(names, wanted: tuple[str, ...]) -> str:
    """The column whose name means one of `wanted` (case, spaces, colons and underscores do not count); ""."""
    plain_names = {re.sub(r"[\s_:.\-（）()]", "", n).lower().removesuffix("m") if n.lower().endswith("_m")
                   else re.sub(r"[\s_:.\-（）()]", "", n).lower(): n for n in reversed(list(names))}
    return next((plain_names[w] for w in wanted if w in plain_names), "")


def says_zones(stem: str, names) -> bool:
    return bool(ZONE_STEM.search(stem.lower()) or find(names, ZONE_NAMES))


def says_buildings(stem: str, names) -> bool:
    """Of polygons that state no height: their own name or a column says that they are houses, and nothing else."""
    return not find(names, GROUND_NAMES) and bool(BUILDING_STEM.search(stem.lower()) or find(names, BUILDING_NAMES))


def numbers(column) -> np.ndarray:
    """(n,) f8 of a numeric or text column ("12 m", "12,5"); NaN where there is none."""
    import pyarrow as pa
    if column is None:
        return np.zeros(0)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    return np.array([_number(v) for v in column.to_pylist()], np.float64)


def _number(value) -> float:
    found = re.match(r"\s*(-?\d+(?:[.,]\d+)?)", str(value)) if value is not None else None
    return float(found[1].replace(",", ".")) if found else np.nan


def marked(features, name: str, rows: np.ndarray):
    """The table with a column that is true in the `rows` (n,) bool of which something is assumed; as it is without any.
    """
    import pyarrow as pa
    if not rows.any():
        return features
    column = pa.array(rows)
    return pa.table({name: column}) if features is None else features.append_column(
        _unique(name, features.column_names), column)


@dataclass(frozen=True, eq=False)
class Heights:
    """Of each building `metres` (n,) f8 above ground, `assumed` (n,) bool where nobody said it, `storeys` (n,) bool
    where it is storeys times their height, which reach up to the eaves; `notes` on how they were found.
    """

    metres: np.ndarray
    assumed: np.ndarray
    storeys: np.ndarray
    notes: tuple[str, ...]


def with_heights(features, found: Heights):
    """The table with the heights that are drawn, and with which are assumed."""
    import pyarrow as pa
    used = pa.array(found.metres.astype(np.float32))
    told = pa.table({"height_used_m": used}) if features is None else features.append_column("height_used_m", used)
    return marked(told, "height_assumed", found.assumed)


def heights(features, count: int) -> Heights:
    """From a column of heights, else from storeys, else assumed."""
    names = features.column_names if features is not None else ()
    out, notes = np.full(count, np.nan), ()
    floors = find(names, FLOOR_NAMES)
    if floors or find(names, ROOF_SHAPE_NAMES):              # the height of a roof is then that of the roof alone
        names = [name for name in names if name != find(names, ROOF_RISE_NAMES)]
    if column := find(names, HEIGHT_NAMES):
        out = _sane(numbers(features.column(column)))
        notes += (tr("Heights come from the column {name!r}.", name=column),)
    filled = np.zeros(count, bool)
    if floors and np.isnan(out).any():
        by_floors = _sane(numbers(features.column(floors)) * STOREY_M)
        filled = np.isnan(out) & ~np.isnan(by_floors)
        out[filled] = by_floors[filled]
        if filled.any():
            notes += (tr("{n} heights come from the column {name!r} at {metres:g} m a storey.",
                         n=int(filled.sum()), name=floors, metres=STOREY_M),)
    missing = np.isnan(out)
    out[missing] = DEFAULT_HEIGHT_M
    if missing.any():
        notes += (tr("{n} of {all} buildings state no usable height: {metres:g} m assumed.",
                     n=int(missing.sum()), all=count, metres=DEFAULT_HEIGHT_M),)
    return Heights(out, missing, filled, notes)


def _sane(values: np.ndarray) -> np.ndarray:
    return np.where((values > 0.0) & (values <= HIGHEST_M), values, np.nan)
