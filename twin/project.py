"""The project file: JSON with a version, relative paths, saved atomically, opened even when it is old.

The schema is derived from the dataclasses themselves (`schema()`), and published in
`twin/schema/project-3.json`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from twin import times
from twin.camera import Camera
from twin.clock import INSTANT
from twin.comparison import Comparison
from twin.document import Document
from twin.frame import Frame
from twin.layer import LAYER_TYPES, Layer, Opaque, Source, is_url
from twin.readers import must_be_a_file
from twin.text import tr
from twin.trouble import Trouble
from twin.upgrades import upgraded
from twin.vitals.choices import VitalChoices
from twin.whole_file import write_atomically

FORMAT, VERSION = "citytwin", 3
SUFFIX = ".twin.json"


@dataclass(frozen=True, kw_only=True)
class View:
    """What is kept with a project but is no edit: where one stood, and when; which groups of the tree were folded."""

    camera: Camera | None = None
    time: str = ""                       # ISO 8601; "" = the start of the data
    speed: float = 600.0
    loop: bool = False
    mode: Literal["instant", "span", "cumulative"] = INSTANT      # of time that is looked at
    length_secs: float = 3600.0          # of the span up to `time`, in mode "span"
    since: str = ""                      # where mode "cumulative" begins; "" = with the data
    compare: str = ""                    # the second instant; "" = none
    snap: bool = False                   # scrubbing and stepping land on readings
    rows: Literal["", "layers", "zones"] = ""     # over the time ribbon: who has readings when
    counted_zone: str = ""               # id of the zone that the ribbon counts; "" = everything
    folded: tuple[str, ...] = ()         # ids of groups
    issues: str = ""                     # the BCF file that was open; absolute in memory, relative in the file


@dataclass(frozen=True, kw_only=True)
class Project:
    document: Document
    view: View = View()
    path: Path | None = None


# -- saving ---------------------------------------------------------------------------------------


def save(project: Project, path: Path) -> None:
    """Write to a temporary name beside `path`, flush to the disk, rename. Raises Trouble."""
    write_atomically(path, json.dumps(as_json(project, path.parent), ensure_ascii=False, indent=1) + "\n")


def as_json(project: Project, folder: Path) -> dict:
    document = project.document
    return {
        "format": FORMAT, "version": VERSION,
        "name": document.name, "name_zh": document.name_zh, "time_zone": document.time_zone,
        **({"clock_zone": document.clock_zone} if document.clock_zone else {}),
        **({"ground_opacity": document.ground_opacity} if document.ground_opacity < 1.0 else {}),
        "frame": asdict(document.frame),
        "layers": [_layer_json(layer, folder) for layer in document.layers],
        **{name: [_lean(one) for one in getattr(document, name)] for name in _lists() if getattr(document, name)},
        **({"vitals": _lean(document.vitals)} if document.vitals != VitalChoices() else {}),
        **({"comparison": _lean(document.comparison)} if document.comparison != Comparison() else {}),
        "view": _lean(_view_with(project.view, lambda path: _relative(path, folder))),
    }


def _layer_json(layer: Layer, folder: Path) -> dict:
    if isinstance(layer, Opaque):
        return {**json.loads(layer.raw), "id": layer.id, "name": layer.name, "group": layer.group,
                "visible": layer.visible}
    out = {"kind": layer.kind, "id": layer.id, "name": layer.name, **_lean(layer)}
    if layer.source:
        source = _with_paths(layer.source, lambda path: _relative(path, folder))
        over = {"over": [_lean(dem) for dem in source.over]} if source.over else {}
        out["source"] = _lean(source) | over
    if (plan := getattr(layer, "schedule", None)) and plan.path:
        out["schedule"] = _lean(replace(plan, path=_relative(plan.path, folder)))
    return out


def _lean(value: Any) -> dict:
    """A dataclass as JSON without the fields that are at their default."""
    full = asdict(value)
    return {f.name: full[f.name] for f in fields(value)
            if _plain(full[f.name]) != _plain(f.default) and full[f.name] is not None}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _relative(path: str, folder: Path) -> str:
    """Relative with forward slashes; absolute only where there is no way (another drive)."""
    if is_url(path):
        return path
    try:
        return PurePosixPath(Path(os.path.relpath(path, folder)).as_posix()).as_posix()
    except ValueError:
        return Path(path).as_posix()


# -- opening --------------------------------------------------------------------------------------


def load(path: Path) -> Project:
    """Open a project of this or an older version. Raises Trouble that names every fault with its place."""
    path = Path(path)
    must_be_a_file(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Trouble(tr("There is no such project."), way_out=tr("Check the path."), path=str(path)) from None
    except OSError as error:
        raise Trouble(tr("The project could not be read."), cause=error.strerror or str(error),
                      way_out=tr("Check the permissions of the file."), path=str(path)) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Trouble(tr("This is not a project file, or it is damaged."), cause=str(error),
                      way_out=tr("Open a backup of it."), path=str(path)) from None
    return from_json(data, path)


def from_json(data: Any, path: Path) -> Project:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Trouble(tr("This JSON file is not a citytwin project."),
                      cause=tr('It has no "format": "citytwin"'),
                      way_out=tr("Add it to a project as a layer instead."), path=str(path))
    if not isinstance(data.get("version"), int) or data["version"] > VERSION:
        raise Trouble(tr("This project was written by a newer citytwin."),
                      cause=tr("It has version {theirs}, this program knows {ours}", theirs=data.get("version"),
                               ours=VERSION),
                      way_out=tr("Update citytwin."), path=str(path))
    if data["version"] < 0:
        raise Trouble(tr("The version of this project is not known."),
                      cause=tr("It says {version}", version=data["version"]),
                      way_out=tr("Mend these places in the file; it is JSON."), path=str(path))
    data = upgraded(data, VERSION)
    known, opaque = _apart(data.get("layers", []))
    checked = _validate({**data, "layers": known}, path)
    layers = [_placed(layer, path.parent) for layer in checked.layers]
    for place, layer in opaque:
        layers.insert(place, layer)
    document = Document(name=checked.name, name_zh=checked.name_zh, frame=checked.frame,
                        time_zone=checked.time_zone, clock_zone=checked.clock_zone,
                        ground_opacity=checked.ground_opacity, layers=_unique(layers, path),
                        vitals=checked.vitals, comparison=checked.comparison,
                        **{name: tuple(getattr(checked, name)) for name in _lists()})
    view = _view_with(checked.view, lambda issues: _absolute(issues, path.parent))
    return Project(document=_dated(document, path), view=view, path=path)


def _view_with(view: View, change: Callable[[str], str]) -> View:
    return replace(view, issues=change(view.issues)) if view.issues else view


def _apart(layers: Any) -> tuple[list, list[tuple[int, Opaque]]]:
    """Split off the layers of kinds that this version does not know."""
    if not isinstance(layers, list):
        return layers, []                                # the validation says what is wrong with them
    known, opaque = [], []
    for place, raw in enumerate(layers):
        if isinstance(raw, dict) and raw.get("kind") not in LAYER_TYPES:
            opaque.append((place, Opaque(id=str(raw.get("id", f"opaque-{place}")), name=str(raw.get("name", "?")),
                                         group=str(raw.get("group", "")), visible=bool(raw.get("visible", True)),
                                         raw=json.dumps(raw, ensure_ascii=False))))
        else:
            known.append(raw)
    return known, opaque


def _validate(data: dict, path: Path):
    import pydantic
    try:
        return _adapter().validate_python(data)
    except pydantic.ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        more = tr(" and {n} more", n=len(faults) - 5) if len(faults) > 5 else ""
        raise Trouble(tr("The project file has values that cannot be used."),
                      cause="; ".join(faults[:5]) + more,
                      way_out=tr("Mend these places in the file; it is JSON."), path=str(path)) from None


def _placed(layer: Layer, folder: Path) -> Layer:
    if not layer.source:
        return layer
    layer = replace(layer, source=_with_paths(layer.source, lambda path: _absolute(path, folder)))
    plan = getattr(layer, "schedule", None)
    return replace(layer, schedule=replace(plan, path=_absolute(plan.path, folder))) if plan and plan.path else layer


def _with_paths(source: Source, change: Callable[[str], str]) -> Source:
    """Every path that a source names, changed alike."""
    named = {name: getattr(source, name) for name in ("path", "positions", "shapes")}
    return replace(source, **{name: change(path) for name, path in named.items() if path},
                   over=tuple(replace(dem, path=change(dem.path)) for dem in source.over))


def _absolute(path: str, folder: Path) -> str:
    return path if is_url(path) else os.path.normpath(os.path.join(os.path.abspath(folder), path))


def _unique(layers: list[Layer], path: Path) -> tuple[Layer, ...]:
    ids = [layer.id for layer in layers]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise Trouble(tr("Two layers of the project have the same id."), cause=", ".join(twice),
                      way_out=tr("Give each its own id."), path=str(path))
    return tuple(layers)


def _dated(document: Document, path: Path) -> Document:
    """The same. Raises Trouble for a time zone that is none, and for a bookmark whose time cannot be read."""
    try:
        for name in (document.time_zone, document.shown_zone):
            times.zone(name)
    except Trouble as trouble:
        raise Trouble.of(trouble, str(path)) from None
    try:
        for bookmark in document.bookmarks:
            times.parse(bookmark.time, document.time_zone)
    except Trouble as trouble:
        raise Trouble(tr("A bookmark of the project has no time that can be read."), cause=str(trouble),
                      way_out=tr("Mend these places in the file; it is JSON."), path=str(path)) from None
    return document


# -- schema ---------------------------------------------------------------------------------------


def _adapter():
    """Built at first use (pydantic takes 440 ms to import), and again when a layer type was registered since."""
    return _adapter_of(tuple(LAYER_TYPES.values()))


@cache
def _adapter_of(layer_types: tuple[type, ...]):
    import pydantic
    any_layer = Annotated[_union(layer_types), pydantic.Field(discriminator="kind")]
    model = pydantic.create_model(
        "ProjectFile", __config__=pydantic.ConfigDict(extra="allow", strict=False),
        format=(Literal["citytwin"], ...), version=(Literal[VERSION], ...),
        name=(str, "Untitled"), name_zh=(str, ""), time_zone=(str, "Asia/Shanghai"), clock_zone=(str, ""),
        ground_opacity=(Annotated[float, Ge(0.0), Le(1.0)], 1.0),
        frame=(Frame, Frame()), layers=(list[any_layer], []), vitals=(VitalChoices, VitalChoices()),
        comparison=(Comparison, Comparison()),
        **{name: (list[kind], []) for name, kind in _lists().items()}, view=(View, View()))
    return pydantic.TypeAdapter(model)


@cache
def _lists() -> dict[str, type]:
    """What else a document lists (scenes, …): every `tuple[X, ...]` of it by name, X a frozen dataclass."""
    from typing import get_args, get_type_hints
    hints = {name: get_args(hint) for name, hint in get_type_hints(Document).items() if name != "layers"}
    return {name: args[0] for name, args in hints.items() if len(args) == 2 and args[1] is Ellipsis}


def _union(types: tuple[type, ...]):
    from typing import Union
    return Union[types]  # noqa: UP007 - a tuple of types is known only at run time


def schema() -> dict:
    """JSON Schema of the project file, for other people's tools."""
    return _adapter().json_schema()


def source_of(path: str | Path, **options) -> Source:
    """A source with an absolute, normalised path."""
    return Source(path=os.path.abspath(path), **options)
