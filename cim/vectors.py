"""GeoJSON, GeoPackage, Shapefile and FlatGeobuf: points, lines, polygons, zones and extruded buildings."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import attributes, networks, placing, vector_files
from cim.shifted import proposal
from twin.data import Mesh, Vectors
from twin.frame import Frame
from twin.layer import Source
from twin.network import Network
from twin.readers import Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

WITH_Z = re.compile(r"2\.5D| ZM?\b")          # in a name of a type of geometry
GEOJSON_TYPE = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Feature|Point|LineString|Polygon|MultiPoint'
                          rb'|MultiLineString|MultiPolygon|GeometryCollection)"')
FORMATS = {".shp": "Shapefile", ".gpkg": "GeoPackage", ".fgb": "FlatGeobuf", ".geojson": "GeoJSON", ".json": "GeoJSON",
           ".gdb": "FileGDB"}
LOOKED_AT = 1000                          # rows that tell a type of geometry which the table does not state
QUICK_BYTES = 20_000_000                  # a file whose shapes are looked at to describe it
WIDE_M2, OUTLINED_FILL = 1.0e7, 0.06       # an area as large as a town, and how much of what lies in it it may hide
DEGREE_M = 111_320.0                       # of latitude; one of longitude is less
SHAPEFILE_MAGIC, FLATGEOBUF_MAGIC = b"\x00\x00\x27\x0a", b"fgb\x03fgb"


def sniff(path: Path, head: bytes) -> float:
    if path.is_dir():
        return 0.8 if path.suffix.lower() == ".gdb" or any(p.suffix.lower() == ".shp" for p in path.iterdir()) else 0.0
    if head[:4] == SHAPEFILE_MAGIC or head[:7] == FLATGEOBUF_MAGIC:
        return 0.95
    if head[:15] == b"SQLite format 3":
        return 0.95 if head[68:72] in (b"GPKG", b"GP10", b"GP11") or path.suffix.lower() == ".gpkg" else 0.0
    if head[:4] == b"PK\x03\x04":
        return 0.85 if vector_files.zip_members(path) else 0.0
    if b"<gpx" in head[:4096]:
        return 0.5                               # where its tracks have times they are traces
    return _sniff_json(head)


def _sniff_json(head: bytes) -> float:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] != b"{" or b'"CityJSON' in head or b'"CityObjects"' in head:
        return 0.0
    found = GEOJSON_TYPE.search(text)
    if not found:
        return 0.0
    return 0.8 if found[1] == b"FeatureCollection" else 0.6


def inspect(path: Path, source: Source) -> list[Info]:
    """One `Info` per table with geometry."""
    tables = vector_files.tables(path, source)
    if not tables:
        raise NotMine
    return [_info(path, source, table, named=len(tables) > 1 or path.suffix.lower() in (".gpkg", ".zip", ".gdb"))
            for table in tables]


def _info(path: Path, source: Source, table: vector_files.Table, named: bool) -> Info:
    said = vector_files.describe(table, path)
    box = _finite(said["total_bounds"])
    place = _georef(source, table, path, said["crs"], box)
    names = [attributes.decode(n, table.encoding.name) if table.encoding else n for n in said["fields"]]
    geometry = told_type(said["geometry_type"], lambda: vector_files.read_rows(table, path, False, (0, LOOKED_AT))[1])
    kind = kind_of(geometry, names, f"{path.stem} {table.name}")
    encoding = table.encoding.notes if table.encoding else ()
    odd, looks = _geometry_notes(path, source, table, place, kind) if said["features"] else (
        (tr("It holds no features."),), {})
    return Info(path=str(path), kind=kind, format=_format(path, table), name=table.name if named else path.stem,
                table=table.name if named else "", crs=place.crs, crs_source=place.source,
                extent=extent_of(place, box), count=int(said["features"]),
                units=units_of(kind, geometry),
                notes=(*place.notes, *proposal(place, box, names, f"{path.stem} {table.name}"), *encoding, *odd),
                suggest=suggested(kind, names) | looks)


def _geometry_notes(path: Path, source: Source, table: vector_files.Table, place: placing.Georef,
                    kind: str) -> tuple[tuple[str, ...], dict]:
    """What is odd about the shapes (of networks about their heights too), and the looks that they ask for; for files
    that are read in no time.
    """
    from cim.geometries import repaired
    if path.is_dir() or path.stat().st_size > QUICK_BYTES:
        return (), {}
    rows, wkb = vector_files.read_rows(table, path, attributes=kind == "networks")
    shapes = repaired(wkb)
    if kind == "networks":
        features, _ = attributes.plain(rows.take(shapes.rows), table.encoding)
        return (*shapes.notes, *networks.notes_of(path, source, shapes, features, place), *_nothing_to_draw(shapes)), {}
    return (*shapes.notes, *_nothing_to_draw(shapes)), outlined(kind, shapes.shapes, place.crs)


def _nothing_to_draw(geometries) -> tuple[str, ...]:
    return () if len(geometries.shapes) else (tr("Nothing in it can be drawn."),)


def _finite(bounds) -> placing.Box | None:
    box = None if bounds is None else tuple(map(float, bounds))
    return box if box and np.isfinite(box).all() else None


def extent_of(place: placing.Georef, box: placing.Box | None) -> tuple | None:
    """As `Info.extent`, easting first."""
    if box is None:
        return None
    box = place.facing(box)
    return (box[0], box[1], None, box[2], box[3], None)


def _format(path: Path, table: vector_files.Table) -> str:
    suffix = Path(table.dataset).suffix.lower()
    name = FORMATS.get(suffix, suffix.strip(".").upper() or table.driver)
    return f"{name} (zip)" if path.suffix.lower() == ".zip" else name


def units_of(kind: str, geometry: str) -> str:
    """Metres for what has heights: of its own (buildings, pipes) or as a z of its shapes."""
    return "m" if kind in ("city", "networks") or WITH_Z.search(geometry) else ""


def told_type(stated: str | None, shapes) -> str:
    """The type of geometry that a table states; where it states none, that of its first `shapes()` (WKB), if they are
    alike: GDAL calls polygons of a GeoJSON file unknown where a building has several parts.
    """
    import shapely
    if stated and stated != "Unknown":
        return stated
    some = shapely.from_wkb(np.asarray(shapes(), object), on_invalid="ignore")
    kinds = {type(shape).__name__.removeprefix("Multi") for shape in some if shape is not None}
    return kinds.pop() if len(kinds) == 1 else "Unknown"


def kind_of(geometry: str, names, stem: str) -> str:
    """"networks" for pipes and volumes with heights, "city" for polygons with a height or storeys or called buildings,
    "zones" where names say so, else "vectors".

    Buildings may say in which zone they lie, and so may their file: heights go before both.
    """
    if networks.says_network(geometry, names, stem):
        return "networks"
    if "Polygon" not in geometry and "Unknown" not in geometry and "Collection" not in geometry:
        return "vectors"
    tall = attributes.find(names, attributes.HEIGHT_NAMES) or attributes.find(names, attributes.FLOOR_NAMES)
    if not tall and attributes.says_zones(stem, names):
        return "zones"
    houses = tall or attributes.says_buildings(stem, names)
    return "city" if houses and "Polygon" in geometry else "vectors"


def suggested(kind: str, names) -> dict:
    use, title = attributes.find(names, attributes.USE_NAMES), attributes.find(names, attributes.TITLE_NAMES)
    if kind == "networks":
        return {}
    if kind == "city":
        return {"color_by": use} if use else {}
    return {"label_by": title} if title and (kind == "zones" or title.lower() != "id") else {}


def outlined(kind: str, shapes: np.ndarray, crs: str) -> dict:
    """Areas as wide as towns are shown by their outline: filled, they would hide what lies in them."""
    import shapely
    areas = shapely.area(shapes) * (DEGREE_M ** 2 if placing.is_geographic(crs) else 1.0)
    wide = kind == "vectors" and len(areas) and np.median(areas) > WIDE_M2
    return {"fill_opacity": OUTLINED_FILL} if wide else {}


@reader("vectors", label="GeoJSON, GeoPackage, Shapefile, FlatGeobuf",
        suffixes=(".geojson", ".json", ".gpkg", ".shp", ".zip", ".fgb", ".gdb", ".gpx"), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Vectors | Mesh | Network:
    """`Mesh` of extruded buildings for kind "city", `Network` for kind "networks", else `Vectors`."""
    from cim.geometries import repaired
    path = request.path
    table = _table(request)
    progress(0.0, 1.0, tr("Reading features"))
    rows, wkb = vector_files.read_rows(table, path)
    progress(0.3, 1.0, tr("Checking geometries"))
    geometries = repaired(wkb)
    features, odd = attributes.plain(rows.take(geometries.rows), table.encoding)
    place = place_of(request, table, geometries.box)
    progress(0.5, 1.0, tr("Building shapes"))
    payload = payload_of(request, geometries, features, place)
    encoding = table.encoding.notes if table.encoding else ()
    empty = _nothing_to_draw(geometries) if rows.num_rows else (tr("It holds no features."),)
    progress(1.0)
    names = features.column_names if features is not None else ()
    return replace(payload, features=payload.features or features, crs=place.crs, crs_source=place.source, notes=(
        *place.notes, *proposal(place, geometries.box, names, path.stem), *geometries.notes, *encoding,
        *odd, *payload.notes, *empty,
        *placing.far_notes(place, request.frame, geometries.box)))


def _table(request: Request) -> vector_files.Table:
    return table_of(request.path, request.source)


def table_of(path: Path, source: Source) -> vector_files.Table:
    """The table that a source means. Raises Trouble where there is none."""
    tables = vector_files.tables(path, source)
    if not tables:
        raise Trouble(tr("This file holds no table with geometry."),
                      way_out=tr("Open it as a table of sensors, or add coordinates to it."), path=str(path))
    return tables[0]


def whereabouts(path: Path, source: Source) -> tuple[placing.Georef, placing.Box | None]:
    """How its numbers are read without a project, and the box of them."""
    table = table_of(path, source)
    said = vector_files.describe(table, path)
    box = _finite(said["total_bounds"])
    return _georef(source, table, path, said["crs"], box), box


def some_rows(path: Path, source: Source, first: int, count: int):
    """Some rows of the table as any reader gives them: (attributes, geometries, notes)."""
    from cim.geometries import repaired
    table = table_of(path, source)
    rows, wkb = vector_files.read_rows(table, path, some=(first, count))
    geometries = repaired(wkb)
    features, odd = attributes.plain(rows.take(geometries.rows), table.encoding)
    return features, geometries, (*geometries.notes, *odd)


def place_of(request: Request, table: vector_files.Table, box) -> placing.Georef:
    path = request.path
    crs = vector_files.describe(table, path)["crs"]
    place = _georef(request.source, table, path, crs, box, request.frame)
    return place if box is None else placing.require_place(place, box, str(path))


def _georef(source: Source, table: vector_files.Table, path: Path, crs: str | None, box,
            frame: Frame | None = None) -> placing.Georef:
    """Where it lies; what GDAL took in place of an unknown CRS is an assumption and is called one."""
    place = placing.georef(source, *vector_files.stated_crs(table, path, crs, box), box, frame, turnable=True)
    unknown = "" if source.crs else vector_files.unknown_crs(table, path)
    if not unknown:
        return place
    note = tr("The file names the CRS {name}, which is not known; {crs} is assumed.", name=unknown, crs=place.crs)
    return replace(place, source="assumed", notes=(*place.notes, note)) if place.crs else place


def payload_of(request: Request, geometries, features, place: placing.Georef) -> Vectors | Mesh | Network:
    from cim.draped import vectors
    datum = "" if request.kind == "networks" else request.source.height_datum      # theirs is shifted where it is known

    def local(points: np.ndarray) -> np.ndarray:
        return placing.to_local(place, request.frame, *points.T, height_datum=datum,
                                path=str(request.path)) if len(points) else points

    if request.kind == "networks":
        return networks.network(request, geometries, features, place, local)
    if request.kind == "city":
        return _city(request, geometries, features, local)
    has_z, notes = _heights_said(geometries)
    return replace(vectors(geometries, local, has_z), notes=notes)


def _heights_said(geometries) -> tuple[bool, tuple[str, ...]]:
    """Whether the z of the file are heights; all zero says nothing."""
    import shapely
    if not shapely.has_z(geometries.shapes).any():
        return False, ()
    z = shapely.get_coordinates(geometries.shapes, include_z=True)[:, 2]
    if not np.nan_to_num(z).any():
        return False, (tr("Every height in it is 0: it is laid on the ground."),)
    missing = int(np.isnan(z).sum())
    return True, (tr("{n} points have no height and stand at 0 m.", n=missing),) if missing else ()


def _city(request: Request, geometries, features, local) -> Mesh:
    """Extruded polygons; other geometries are counted. Features without a polygon are left out."""
    import shapely

    from cim import pitched
    from cim.footprints import extrude, rings_of
    from cim.geometries import POLYGON
    parts = geometries.parts(POLYGON)
    if len(geometries.shapes) and not len(parts.shapes):
        raise Trouble(tr("This file holds no polygons to raise buildings from."),
                      way_out=tr("Show it as vectors instead."), path=str(request.path))
    chosen, feature = np.unique(parts.feature, return_inverse=True)
    features = None if features is None else features.take(chosen)
    shapes = rings_of(shapely.orient_polygons(parts.shapes), feature,
                      lambda xy: np.ascontiguousarray(local(np.column_stack([xy, np.zeros(len(xy))]))[:, :2]))
    roofs = pitched.roofs_of(features, len(chosen))
    found = pitched.with_roofs(attributes.heights(features, len(chosen)), shapes, roofs)
    notes = found.notes
    if len(chosen) < len(geometries.shapes):
        notes += (tr("{n} features are no polygons and were skipped.", n=len(geometries.shapes) - len(chosen)),)
    if roofs is not None:
        notes += pitched.note(roofs, pitched.corners_of(shapes.xy, shapes.rings, shapes.polygons), shapes.feature)
    return replace(extrude(shapes, found.metres, len(chosen), roofs),
                   features=attributes.with_heights(features, found), notes=notes)
