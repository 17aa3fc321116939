"""Files become layers: which files are meant, which layers they make, and where the project then stands.

No window here: the command line adds files with the same functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from layers.sensor_values import listed_rows
from twin.assets import examine_in_worker, inspect_in_worker
from twin.data import Mesh, Sensors
from twin.document import Document
from twin.frame import Frame, frame_at, lonlat_of
from twin.jobs import Job, Jobs
from twin.layer import LAYER_TYPES, Group, Layer, Placement, Unread, new_id
from twin.placing import matrix_of, place_of
from twin.project import SUFFIX, source_of
from twin.readers import Assumed, Info
from twin.text import tr
from twin.time_places import likely_zone
from twin.trouble import Trouble

# A data set of several files is opened by the one named here; the others come along.
SIDE_SUFFIXES = {
    ".shp": (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".shp.xml"),
    ".tif": (".tfw", ".prj", ".tif.ovr", ".tif.aux.xml", ".tif.msk", ".times.csv", ".times.txt"),
    ".tiff": (".tfw", ".tiff.ovr", ".tiff.aux.xml"),
    ".png": (".pgw", ".png.aux.xml"), ".jpg": (".jgw", ".jpg.aux.xml"), ".asc": (".prj", ".asc.aux.xml"),
    ".gpkg": (".gpkg-wal", ".gpkg-shm"),
}
FOLDERS_THAT_ARE_FILES = (".gdb", ".zarr", ".history")
TILE_SET = "tileset.json"                  # 3D Tiles: names all that lies in its folder
MOST_FILES = 2000                          # of one dropped folder
FAR_M = 200_000.0                          # from the project's origin: a note and a way to go there
APART_M = 50_000.0                         # the same for what is a dot from so far
UNDER_ALL = ("terrain", "imagery")         # new ones go to the end of the list, pictures over others; all else on top
OF_THE_PROJECT = ("id", "kind", "group", "source", "visible")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What inspecting one file said: what lies in it, or why it is not known."""

    path: str
    reader: str = ""
    infos: tuple[Info, ...] = ()
    error: Trouble | None = None


# -- which files -----------------------------------------------------------------------------------------


def is_project(path: Path) -> bool:
    return path.name.endswith((SUFFIX, ".autosave.json"))


def is_data_set(folder: Path) -> bool:
    """A folder that is one file to its reader: by its name, or since its rasters are the steps of one series."""
    from cim.raster_times import is_series
    return folder.suffix.lower() in FOLDERS_THAT_ARE_FILES or (folder.is_dir() and is_series(folder))


def files_among(paths: Iterable[Path]) -> tuple[list[Path], int]:
    """(files to open, how many in dropped folders no reader knows by name). Side files count with their main one."""
    files: list[Path] = []
    unknown = 0
    for path in paths:
        if path.is_dir() and not is_data_set(path):
            inside, left = _in_folder(path)
            files += inside
            unknown += left
        else:
            files.append(path)
    files = list(dict.fromkeys(files))
    sides = {str(side) for file in files for side in _sides(file)}
    return [file for file in files if str(file).lower() not in sides], unknown


def _in_folder(folder: Path) -> tuple[list[Path], int]:
    from twin.readers import discover
    known = tuple({suffix for reader in discover().values() for suffix in reader.suffixes})
    inside = _without_tiles(sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")))
    inside = inside[:MOST_FILES]
    sides = {side for file in inside for side in _sides(file)}
    mains = [p for p in inside if str(p).lower() not in sides]
    readable = [p for p in mains if p.name.lower().endswith(known) and not is_project(p)]
    return readable, len(mains) - len(readable)


def _without_tiles(files: list[Path]) -> list[Path]:
    """Below a tile set only the file that names its tiles is opened, and not each of them as a layer; rasters that a
    bake put there are layers of their own."""
    sets = {file.parent for file in files if file.name == TILE_SET}
    tops = {folder for folder in sets if not sets.intersection(folder.parents)}
    return [file for file in files if not tops.intersection(file.parents)
            or (file.name == TILE_SET and file.parent in tops) or file.suffix == ".tif"]


def _sides(path: Path) -> list[str]:
    """Lower-case paths of the files that come along with `path`."""
    stem = str(path.with_suffix("")).lower()
    return [stem + suffix for suffix in SIDE_SUFFIXES.get(path.suffix.lower(), ())]


# -- what they hold --------------------------------------------------------------------------------------


def begin(jobs: Jobs, path: Path, document: Document, thorough: bool = False) -> Job:
    """Start to inspect a file in a worker; where it says nothing, what the project says holds.

    `thorough` is for a report, which may take as long as reading all of it.
    """
    look = examine_in_worker if thorough else inspect_in_worker
    assumed = Assumed(document.frame.crs, document.time_zone)
    return jobs.start(look, str(path), source_of(path), assumed, label=path.name, path=str(path))


def found_of(job: Job) -> Found:
    """What an ended inspection says."""
    if job.error or job.result is None:
        return Found(path=job.path, error=job.error or Trouble(tr("Opening was cancelled."), path=job.path))
    reader, infos = job.result
    return Found(path=job.path, reader=reader, infos=tuple(infos))


def add_files(session, paths: Iterable[Path]) -> list[str]:
    """Inspect and add files, waiting for all of them (no window). Returns the ids of the new layers."""
    files, _ = files_among([Path(path) for path in paths])
    projects = [path for path in files if is_project(path)]
    if projects:
        raise Trouble(tr("A project cannot be added to a project."), way_out=tr("Open it by itself."),
                      path=str(projects[0]))
    jobs = [begin(session.jobs, path, session.document) for path in files]
    founds = [found_of(session.jobs.wait(job)) for job in jobs]
    first = is_empty(session.document)
    document, ids = added(session.document, founds)
    session.edits.commit(in_time_of_place(document) if first else document, "Add layers")
    return ids


# -- the layers they make ----------------------------------------------------------------------------------


def added(document: Document, founds: list[Found]) -> tuple[Document, list[str]]:
    """The document with the layers of `founds`, and their ids.

    The first file of an empty project brings its frame along.
    """
    if is_empty(document) and (frame := first_frame(founds)):
        document = replace(document, frame=frame)
    ids, above = [], []
    for found in founds:
        layers = layers_for(found)
        if layers[-1].kind in UNDER_ALL:
            document = _with_ground(document, layers)
        else:
            above += layers
        ids += [layer.id for layer in layers]
    return replace(document, layers=(*above, *document.layers)), ids


def in_time_of_place(document: Document) -> Document:
    """In the time zone of its place where its own would have the sun at night there."""
    frame = document.frame
    there = lonlat_of(frame.crs, *frame.origin[:2]) if frame.crs else None
    return replace(document, time_zone=likely_zone(*there, document.time_zone)) if there else document


def is_empty(document: Document) -> bool:
    return all(isinstance(layer, Group | Unread) for layer in document.layers)


def layers_for(found: Found) -> list[Layer]:
    """One layer per table of the file, in a group when there are several; a row with the error otherwise."""
    layers = [_layer(found, info) for info in found.infos if info.kind in LAYER_TYPES]
    if not layers:
        return [Unread(id=new_id("unread"), name=Path(found.path).name, source=source_of(found.path))]
    if len(layers) == 1:
        return layers
    group = Group(id=new_id("group"), name=Path(found.path).stem)
    return [group, *(replace(layer, group=group.id) for layer in layers)]


def _layer(found: Found, info: Info) -> Layer:
    kind = LAYER_TYPES[info.kind]
    known = {f.name for f in fields(kind)} - set(OF_THE_PROJECT)
    suggested = {name: value for name, value in info.suggest.items() if name in known}
    return kind(**{"name": info.name or info.table or Path(found.path).stem, **suggested}, id=new_id(info.kind),
                source=source_of(found.path, reader=found.reader, table=info.table))


def _with_ground(document: Document, layers: list[Layer]) -> Document:
    pictures = layers[-1].kind == "imagery"
    at = next((i for i, x in enumerate(document.layers) if pictures and x.kind == "imagery" and not x.group),
              len(document.layers))
    return replace(document, layers=(*document.layers[:at], *layers, *document.layers[at:]))


# -- where they stand --------------------------------------------------------------------------------------


def first_frame(founds: list[Found]) -> Frame | None:
    """The frame that the first located file asks for; one with a CRS goes before one without."""
    places = [place for found in founds for info in found.infos if (place := _place_of(info))]
    for crs, x, y in sorted(places, key=lambda place: not place[0]):
        try:
            return frame_at(crs, x, y)
        except Trouble:                    # its own row will say what is wrong with this CRS
            continue
    return None


def _place_of(info: Info) -> tuple[str, float, float] | None:
    """(CRS, x, y) of the middle of a file; None where it does not say."""
    extent = info.extent
    if extent and all(v is not None and math.isfinite(v) for v in (extent[0], extent[1], extent[3], extent[4])):
        return info.crs, (extent[0] + extent[3]) / 2, (extent[1] + extent[4]) / 2
    if info.place:
        return info.crs, *info.place
    for candidate in info.extra.get("georeference", {}).get("candidates", []):
        if candidate.get("crs") and candidate.get("easting") is not None:
            return candidate["crs"], candidate["easting"], candidate["northing"]
    return None


def placement_at(frame: Frame, at: tuple[float, float, float], old: Placement | None = None) -> Placement:
    """Standing at a local point, turned and scaled as before."""
    e, n, h = (round(float(v), 3) for v in frame.to_project([at])[0])
    return replace(old or Placement(easting=0.0, northing=0.0), easting=e, northing=n, height=h)


def centre_of(layer: Layer, payload, frame: Frame) -> tuple[float, float, float] | None:
    """The middle of a layer's content in local metres; None while it has none. Of sensors that share a store, of the
    layer's own."""
    if isinstance(payload, Sensors):
        payload = replace(payload, positions=payload.positions[listed_rows(layer, payload)])
    box = payload.bounds() if payload is not None else None
    if box is None:
        return None
    centre = tuple((box[i] + box[i + 3]) / 2 for i in range(3))
    if not isinstance(payload, Mesh):
        return centre
    return tuple(map(float, (matrix_of(payload, place_of(layer, payload), frame) @ (*centre, 1.0))[:3]))


def moved_to(document: Document, centre: tuple[float, float, float], crs: str) -> Document:
    """The project with its frame at a local point, in the layer's own `crs` where that is metric.

    What was placed by hand and the cameras of the scenes stay where they are on the Earth. Raises
    Trouble where they have no coordinates there.
    """
    old = document.frame
    x, y, _ = old.to_project([centre])[0]
    if crs and old.crs:
        x, y, _ = Frame(crs=crs, origin=(0.0, 0.0, 0.0)).to_local(x, y, crs=old.crs)[0]
    new = replace(frame_at(crs or old.crs, x, y), height_datum=old.height_datum, wusong_to_1985_m=old.wusong_to_1985_m,
                  geoid_m=old.geoid_m)
    layers = tuple(_replaced(layer, old, new) for layer in document.layers)
    scenes = tuple(replace(scene, camera=scene.camera.moved_to(_carried(scene.camera.focus, old, new)))
                   if scene.camera else scene for scene in document.scenes)
    return replace(document, frame=new, layers=layers, scenes=scenes)


def _replaced(layer: Layer, old: Frame, new: Frame) -> Layer:
    if old.crs == new.crs:
        return layer
    if line := getattr(layer, "line", ()):
        return replace(layer, line=tuple(_carried_in_plane(point, old, new) for point in line))
    placement = getattr(layer, "placement", None)
    if placement is None:
        return layer
    here = new.to_project(new.to_local(placement.easting, placement.northing, placement.height, crs=old.crs))[0]
    turn, scale = new.rotation_from(old.crs, placement.easting, placement.northing)
    return replace(layer, placement=replace(
        placement, easting=float(here[0]), northing=float(here[1]),
        rotation_deg=placement.rotation_deg + turn, scale=placement.scale * scale,
        height_scale=placement.scale if placement.height_scale is None else placement.height_scale))


def _carried_in_plane(point, old: Frame, new: Frame) -> tuple[float, float]:
    """A place in the old project CRS, in the new one."""
    here = new.to_project(new.to_local(*point, crs=old.crs))[0]
    return float(here[0]), float(here[1])


def _carried(point, old: Frame, new: Frame) -> tuple[float, float, float]:
    e, n, h = old.to_project([point])[0]
    return tuple(map(float, new.to_local(e, n, h, crs=old.crs)[0]))
