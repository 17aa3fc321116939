"""`citytwin info`: what files contain, read in a worker so that a hostile one cannot take the command along."""

from __future__ import annotations

import os
from pathlib import Path

from app.adding import begin, files_among, found_of, is_data_set, is_project
from app.printing import counted
from twin.document import Document
from twin.frame import crs_label, is_geographic
from twin.jobs import Job, Jobs
from twin.layer import is_url
from twin.project import SUFFIX, load
from twin.text import tr
from twin.trouble import Trouble

EMPTY = {"kind": None, "format": None, "crs": None, "crs_source": None, "extent": None, "count": None,
         "units": None, "time_span": None, "notes": []}
MOST_SECS = 3600.0
COUNTED = {"terrain": "post", "imagery": "pixel", "points": "point"}       # what a kind of layer holds, if not features
LONGEST_CRS = 40                             # characters of a code such as EPSG:4528+5782


def describe(path: Path) -> list[dict]:
    """One answer for every layer that the file would open as; a failed one has `ok` false and says why.

    A folder gives an answer of its own, then those of the files in it.
    """
    try:
        if path.is_dir() and not is_data_set(path):
            return _folder(path)
        if path.name.endswith(SUFFIX):
            return [_project(path)]
    except Trouble as trouble:
        return [_failure(path, trouble)]
    return _described([path])


def _folder(path: Path) -> list[dict]:
    """What lies in it as "Add a folder" would open it."""
    files, unknown = files_among([path])
    projects = sorted(p for p in path.rglob("*") if p.is_file() and is_project(p))
    if not files and not projects:
        raise Trouble(tr("Nothing in this folder can be read."),
                      cause=tr("It holds {n} files of other kinds", n=unknown) if unknown else tr("It is empty"),
                      way_out=tr("Name a folder that holds data."), path=str(path))
    notes = [tr("{n} files of the folder are of a kind that is not read; they were left out.", n=unknown)] \
        if unknown else []
    head = {**EMPTY, "path": str(path), "ok": True, "kind": "folder", "format": tr("Folder"),
            "count": len(files) + len(projects), "notes": notes, "error": None}
    return [head, *(answer for project in projects for answer in describe(project)), *_described(files)]


def _described(paths: list[Path]) -> list[dict]:
    """The answers of files, each read in a worker."""
    jobs = Jobs(workers=min(2, len(paths)) or 1)
    try:
        started = [begin(jobs, path, Document(), thorough=True) for path in paths]
        return [answer for path, job in zip(paths, started) for answer in _answers(path, jobs.wait(job, MOST_SECS))]
    finally:
        jobs.close()


def _answers(path: Path, job: Job) -> list[dict]:
    found = found_of(job)
    if found.error:
        return [_failure(path, found.error)]
    return [_told(_plain(info.as_json())) for info in found.infos] or [_failure(path, Trouble(tr("It holds nothing.")))]


def _project(path: Path) -> dict:
    from app.discover import layer_types
    layer_types()
    document = load(path).document
    files = [path for x in document.layers if x.source and not is_url(x.source.path)
             for path in (x.source.path, *(dem.path for dem in x.source.over))]
    missing = [path for path in files if not Path(path).exists()]
    return {**EMPTY, "path": str(path), "ok": True, "kind": "project", "format": "citytwin project",
            "crs": document.frame.crs, "crs_source": "file", "count": len(document.layers),
            "notes": [*([f"{len(missing)} source files are not there: {', '.join(missing[:3])}"] if missing else []),
                      *_terrains(document)],
            "error": None}


def _terrains(document: Document) -> list[str]:
    """Which elevation models a terrain is made of, where it is of several."""
    return [tr("{name}: {n} elevation models, {files}.", name=x.name, n=len(x.source.over) + 1,
               files=" > ".join(Path(path).name for path in (*(dem.path for dem in x.source.over), x.source.path)))
            for x in document.layers if x.source and x.source.over]


def _failure(path: Path, trouble: Trouble) -> dict:
    return {"path": str(path), "ok": False, **EMPTY, "error": str(trouble)}


def _told(answer: dict) -> dict:
    """What is not known of a file is null, whatever its reader writes for it."""
    unknown = {"crs": ("",), "crs_source": ("", "none"), "units": ("",), "format": ("",)}
    return {key: None if value in unknown.get(key, ()) else value for key, value in answer.items()}


def _plain(value):
    """JSON has no NaN and no tuples."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if (isinstance(value, float) and value != value) or value in (float("inf"), float("-inf")):
        return None
    return value.item() if hasattr(value, "item") else value


def sentences(answer: dict) -> str:
    """An answer as text for a person."""
    if not answer["ok"]:
        error = answer["error"]                                    # its path stands in the line above
        for path in (answer["path"], os.path.abspath(answer["path"])):
            error = error.removesuffix(f" [{path}]")
        return f"{answer['path']}\n  {tr('not read')}: {error}"
    lines = [f"{answer['path']}" + (f" ({answer['table']})" if answer.get("table") else "")]
    lines.append(_opens_as(answer))
    if answer["crs"]:
        source = answer["crs_source"]
        said = source if source == "assumed" else f"from {source}"
        lines.append(f"  CRS {_short_crs(answer['crs'])} ({said})")
    if answer["extent"]:
        lines.append(f"  extent {_extent(answer['extent'], answer['crs'])}")
    if answer["time_span"]:
        lines.append(f"  time {answer['time_span'][0]} to {answer['time_span'][1]}")
    if answer["units"]:
        lines.append(f"  units {answer['units']}")
    lines += _places(answer.get("georeference") or {})
    return "\n".join(lines + [f"  - {note}" for note in answer["notes"]])


def _opens_as(answer: dict) -> str:
    if answer["kind"] in ("folder", "project"):
        thing = "file" if answer["kind"] == "folder" else "layer"
        return f"  {answer['format']}, {counted(answer['count'], thing)}"
    thing = COUNTED.get(answer["kind"], "feature")
    count = f", {counted(answer['count'], thing)}" if answer["count"] is not None else ""
    return f"  {answer['format']}, opens as {answer['kind']}{count}"


def _short_crs(crs: str) -> str:
    """A code as it is; of a CRS that is spelled out in full, its name."""
    return crs if len(crs) <= LONGEST_CRS else crs_label(crs)


def _extent(extent: list, crs: str | None) -> str:
    """"x 121.250000 to 121.260000, y …": degrees to a tenth of a metre, metres to a centimetre."""
    digits = 6 if crs and is_geographic(crs) else 2
    axes = []
    for axis, low, high in zip("xyz", extent[:3], extent[3:]):
        if low is not None and high is not None:
            places = digits if axis != "z" else 2
            axes.append(f"{axis} {low:,.{places}f} to {high:,.{places}f}")
    return ", ".join(axes)


def _places(said: dict) -> list[str]:
    """A line for every source of a model's place; an arrow before the one that would be taken."""
    lines = []
    for c in said.get("candidates", ()):
        mark = "->" if c["source"] == said.get("chosen") else "  "
        where = f" = {c['lon']:.6f}, {c['lat']:.6f}" if c["lon"] is not None else ""
        numbers = f"E {c['easting']:,.3f}, N {c['northing']:,.3f}, H {c['height']:,.2f}"
        crs = _short_crs(c["crs"] or "?")
        lines.append(f"  {mark} {c['source']} (LoGeoRef {c['logeoref']}): {numbers} {crs}{where}")
    return lines
