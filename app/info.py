"""`citytwin info`: what files contain, read in a worker so that a hostile one cannot take the command along."""

from __future__ import annotations

from pathlib import Path

from twin.assets import inspect_in_worker
from twin.jobs import Jobs
from twin.project import SUFFIX, load
from twin.readers import Info
from twin.text import tr
from twin.trouble import Trouble

EMPTY = {"kind": None, "format": None, "crs": None, "crs_source": None, "extent": None, "count": None,
         "units": None, "time_span": None, "notes": []}


def describe(path: Path) -> list[dict]:
    """One answer for every layer that the file would open as; a failed one has `ok` false and says why."""
    try:
        if path.name.endswith(SUFFIX):
            return [_project(path)]
        return [_plain(info.as_json()) for info in _inspect(path)] or [_failure(path, Trouble(tr("It holds nothing.")))]
    except Trouble as trouble:
        return [_failure(path, trouble)]


def _inspect(path: Path) -> list[Info]:
    from twin.layer import Source
    jobs = Jobs(workers=1)
    try:
        job = jobs.start(inspect_in_worker, str(path), Source(path=str(path.absolute())), label=path.name,
                         path=str(path))
        jobs.wait(job)
        if job.error:
            raise job.error
        return job.result[1]
    finally:
        jobs.close()


def _project(path: Path) -> dict:
    from app.discover import layer_types
    layer_types()
    document = load(path).document
    missing = [x.source.path for x in document.layers if x.source and not Path(x.source.path).exists()]
    return {**EMPTY, "path": str(path), "ok": True, "kind": "project", "format": "citytwin project",
            "crs": document.frame.crs, "crs_source": "file", "count": len(document.layers),
            "notes": [f"{len(missing)} source files are not there: {', '.join(missing[:3])}"] if missing else [],
            "error": None}


def _failure(path: Path, trouble: Trouble) -> dict:
    return {"path": str(path), "ok": False, **EMPTY, "error": str(trouble)}


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
        return f"{answer['path']}\n  {tr('not read')}: {answer['error']}"
    lines = [f"{answer['path']}" + (f" ({answer['table']})" if answer.get("table") else "")]
    lines.append(f"  {answer['format']}, opens as {answer['kind']}"
                 + (f", {answer['count']:,} features" if answer["count"] is not None else ""))
    if answer["crs"]:
        lines.append(f"  CRS {answer['crs']} (from {answer['crs_source']})")
    if answer["extent"]:
        lines.append("  extent " + ", ".join(f"{v:,.2f}" if v is not None else "?" for v in answer["extent"]))
    if answer["time_span"]:
        lines.append(f"  time {answer['time_span'][0]} to {answer['time_span'][1]}")
    if answer["units"]:
        lines.append(f"  units {answer['units']}")
    return "\n".join(lines + [f"  - {note}" for note in answer["notes"]])
