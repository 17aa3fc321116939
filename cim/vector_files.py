"""Vector files as GDAL sees them: which layers there are, their CRS, encoding, features and geometries."""

from __future__ import annotations

import os
import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cim.encodings import Encoding, encoding_of
from twin.frame import normal_crs
from twin.layer import Source
from twin.text import tr
from twin.trouble import Trouble

INSIDE_ZIP = (".shp", ".geojson", ".json", ".gpkg", ".fgb")
LATIN = "ISO-8859-1"
OF_GPX = ("waypoints", "routes", "tracks")       # not their points once more


@dataclass(frozen=True)
class Table:
    """One layer of a vector file: `name` as GDAL calls it, `dataset` what GDAL opens."""

    dataset: str
    name: str
    driver: str
    encoding: Encoding | None = None      # only for shapefiles

    @property
    def options(self) -> dict:
        """What pyogrio gets so that the attribute bytes arrive one to one."""
        return {"ENCODING": LATIN} if self.encoding else {}


@contextmanager
def troubled(path: Path):
    """Any failure of GDAL inside becomes Trouble with the file's name."""
    import pyogrio.errors
    try:
        yield
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FieldError,
            pyogrio.errors.GeometryError, pyogrio.errors.FeatureError, ValueError, UnicodeDecodeError) as error:
        raise Trouble(tr("This vector file could not be read."), cause=str(error).replace(str(path), path.name)[:300],
                      way_out=tr("Check that all of its parts are here and that it opens in a GIS."),
                      path=str(path)) from None


def zip_members(path: Path) -> list[str]:
    """Vector files inside a zip, without the copies that macOS adds."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        return [n for n in archive.namelist() if n.lower().endswith(INSIDE_ZIP)
                and not n.startswith("__MACOSX") and not os.path.basename(n).startswith(".")]


def tables(path: Path, source: Source) -> list[Table]:
    """The layers with geometry, in the file's order (only `source.table` where it names one)."""
    import pyogrio
    found = []
    for dataset, shapefile in _datasets(path):
        with troubled(path):
            layers = pyogrio.list_layers(dataset)
            driver = pyogrio.detect_write_driver(dataset) if shapefile else ""
        if path.suffix.lower() == ".gpx":
            layers = [layer for layer in layers if layer[0] in OF_GPX and _filled(dataset, str(layer[0]))]
        encoding = _shapefile_encoding(path, dataset, source) if shapefile else None
        found += [Table(dataset, str(name), driver, encoding) for name, kind in layers if kind is not None]
    if source.table:
        found = [t for t in found if t.name == source.table] or _no_table(path, source.table, found)
    return found


def _filled(dataset: str, name: str) -> bool:
    import pyogrio
    return pyogrio.read_info(dataset, layer=name, force_feature_count=True)["features"] > 0


def _datasets(path: Path) -> list[tuple[str, bool]]:
    """What GDAL opens, and whether it is a shapefile."""
    if path.is_dir():
        shapes = sorted(p for p in path.iterdir() if p.suffix.lower() == ".shp")
        return [(str(p), True) for p in shapes] or [(str(path), False)]
    if path.suffix.lower() == ".zip":
        return [(f"/vsizip/{{{path}}}/{name}", name.lower().endswith(".shp")) for name in zip_members(path)]
    return [(str(path), path.suffix.lower() == ".shp")]


def _no_table(path: Path, wanted: str, found: list[Table]):
    raise Trouble(tr("There is no table {name!r} in this file.", name=wanted),
                  cause=tr("It holds: {names}", names=", ".join(t.name for t in found) or "–"),
                  way_out=tr("Choose one of these tables for the layer."), path=str(path))


def _shapefile_encoding(path: Path, dataset: str, source: Source) -> Encoding:
    dbf, cpg = (_sibling(path, dataset, suffix) for suffix in (".dbf", ".cpg"))
    return encoding_of(dbf or b"", (cpg or b"").decode("ascii", "ignore"), source.encoding)


def _sibling(path: Path, dataset: str, suffix: str) -> bytes | None:
    """The bytes of the file of the same stem with another suffix (any case); None where there is none."""
    if path.suffix.lower() == ".zip":
        return _zip_sibling(path, dataset.split("}/", 1)[1], suffix)
    shape = Path(dataset)
    beside = [p for p in shape.parent.iterdir() if p.stem == shape.stem and p.suffix.lower() == suffix]
    return beside[0].read_bytes() if beside else None


def _zip_sibling(path: Path, member: str, suffix: str) -> bytes | None:
    wanted = os.path.splitext(member)[0].lower() + suffix
    with zipfile.ZipFile(path) as archive:
        inside = [n for n in archive.namelist() if n.lower() == wanted]
        try:
            return archive.read(inside[0]) if inside else None
        except NotImplementedError:
            raise Trouble(tr("This zip archive uses a compression that cannot be read."), cause="Deflate64",
                          way_out=tr("Unpack it and open the file inside."), path=str(path)) from None


def describe(table: Table, path: Path) -> dict:
    """pyogrio's read_info with counts and bounds, names decoded."""
    import pyogrio
    with troubled(path):
        return pyogrio.read_info(table.dataset, layer=table.name, force_feature_count=True,
                                 force_total_bounds=True, **table.options)


def stated_crs(table: Table, path: Path, crs: str | None, box) -> tuple[str, str]:
    """The CRS a file states, and where: "prj", "file" or (GeoJSON without a word) "standard"."""
    if table.encoding:
        return (crs, "prj") if crs else ("", "")
    if not _is_geojson(path, table):
        return (crs, "file") if crs else ("", "")
    if not table.dataset.startswith("/vsi") and _has_crs_member(path):
        return (crs or "", "file")
    inside = box is None or (abs(box[0]) <= 360 and abs(box[2]) <= 360 and abs(box[1]) <= 90 and abs(box[3]) <= 90)
    return ("EPSG:4326", "standard") if inside else ("", "")


def _is_geojson(path: Path, table: Table) -> bool:
    return table.dataset.lower().endswith(("json", "jsonl")) or path.suffix.lower() in (".geojsonl", ".geojsons")


def _has_crs_member(path: Path) -> bool:
    return bool(re.search(rb'"crs"\s*:\s*\{', _ends_of(path)))


def unknown_crs(table: Table, path: Path) -> str:
    """The CRS that a GeoJSON file names, where nobody knows it: GDAL then takes WGS 84 without a word."""
    if not _is_geojson(path, table) or table.dataset.startswith("/vsi"):
        return ""
    found = re.search(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"]{1,200})"', _ends_of(path))
    name = found[1].decode("utf-8", "replace") if found else ""
    try:
        normal_crs(name or "EPSG:4326")
    except Trouble:
        return name
    return ""


def _ends_of(path: Path) -> bytes:
    """The first 64 KiB and the last 4 of a file."""
    with open(path, "rb") as file:
        head = file.read(65536)
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 4096))
        return head + file.read()


def read_rows(table: Table, path: Path, attributes: bool = True, some: tuple[int, int] | None = None):
    """(pyarrow.Table without the geometry column, list of WKB or None as numpy objects).

    `some`: the first row and how many; None = all.
    """
    import pyogrio
    only = {} if attributes else {"columns": []}
    if some:
        only |= {"skip_features": some[0], "max_features": some[1]}
    with troubled(path):
        meta, rows = pyogrio.read_arrow(table.dataset, layer=table.name, **only, **table.options)
    # The geometry comes last; GPKG and FlatGeobuf give its own name, others "wkb_geometry".
    column = meta["geometry_name"] if meta["geometry_name"] in rows.column_names else "wkb_geometry"
    return rows.drop_columns([column]), rows.column(column)
