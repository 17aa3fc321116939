"""`citytwin rasters`: steps and values of a project's rasters over time, and how their numbers count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from app.printing import counted, print_json

COMMANDS = ("rasters",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser("rasters", parents=[shared],
                                  help="steps and values of rasters over time, and what their numbers mean")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--layer", default="", metavar="NAME", help="by name or id (default: all)")
    command.add_argument("--at", default="", metavar="E,N", help="a place in the project's CRS")
    command.add_argument("--time", default="", metavar="ISO8601", help="at that instant (default: the project's)")
    command.add_argument("--sum", type=float, default=0.0, metavar="HOURS", help="rain of the hours before, in mm")
    command.add_argument("--unit", metavar="UNIT", help="of the file's numbers: mm/h, or mm for sums of each step")
    command.add_argument("--steps", choices=("start", "end"), help="whether a step's time is where it begins or ends")
    command.set_defaults(run=_rasters)


def _rasters(options) -> int:
    from app.edit_cli import layer_named
    from app.query_cli import opened
    from app.vitals_cli import set_time
    session = opened(options.project)
    try:
        layers = [x for x in session.document.layers if x.kind == "rasters"]
        if options.layer:
            layers = [layer_named(session.document, options.layer, ("rasters",))]
        if options.unit is not None or options.steps:
            for layer in layers:
                document = said(session.document, layer.id, options.unit, options.steps)
                session.edits.commit(document, "What the steps mean")
            session.save(options.project)
        session.settle(only=tuple(x.id for x in layers))
        set_time(session, options.time)
        rows = [_layer(session, x.id, options) for x in layers]
        print_json({"rasters": rows}) if options.json else print("\n".join(map(_words, rows)))
        return 0
    finally:
        session.close()


def said(document, id: str, unit: str | None, steps: str | None):
    """The document with what the user says of a raster's numbers; None = as it is."""
    layer = document.layer(id)
    source = layer.source
    source = source if unit is None else replace(source, unit=unit)
    source = source if steps is None else replace(source, part="end" if steps == "end" else "")
    return document.with_layer(replace(layer, source=source))


def _layer(session, id: str, options) -> dict:
    from twin import times
    from twin.data import RasterSeries
    from twin.trouble import Trouble
    asset, layer, zone = session.asset(id), session.document.layer(id), session.document.time_zone
    if asset is None or not isinstance(asset.payload, RasterSeries):
        raise asset.error if asset and asset.error else Trouble(f"{layer.name}", path=layer.source.path)
    series, now = asset.payload, session.clock.now_ns
    history, step = series.history, series.history.step_at(session.clock.now_ns)
    first, last = history.span_ns
    out = {"layer": id, "name": layer.name, "unit": series.unit, "steps": len(history.starts_ns),
           "step_minutes": history.step_ns / times.MINUTE, "from": times.iso(first, zone), "to": times.iso(last, zone),
           "gaps": int((history.starts_ns[1:] > history.ends_ns[:-1]).sum()), "time": times.iso(now, zone),
           "step": None if step < 0 else [times.iso(int(e[step]), zone) for e in (history.starts_ns, history.ends_ns)],
           "notes": list(series.notes)}
    shown = history.values[step] if step >= 0 else None
    if options.sum and series.rain:
        shown = history.total(now - round(options.sum * times.HOUR), now)[0]
        out |= {"unit": "mm", "hours": options.sum}
    known = shown is not None and np.isfinite(shown).any()
    out["max"] = round(float(np.nanmax(shown)), 3) if known else None
    if options.at:
        east, north = map(float, options.at.split(","))
        cell = series.cell_at(east - session.document.frame.origin[0], north - session.document.frame.origin[1])
        value = float(shown.reshape(-1)[cell]) if known and cell >= 0 else np.nan
        out["value"] = round(value, 3) if np.isfinite(value) else None
    return out


def _words(row: dict) -> str:
    when = f"{row['step'][0]} – {row['step'][1][11:19]}" if row["step"] else "no step holds"
    said = "" if row.get("value") is None else f", here {row['value']:g}"
    most = "nothing known" if row["max"] is None else f"at most {row['max']:g} {row['unit']}{said}"
    return "\n".join([f"{row['name']}: {counted(row['steps'], 'step')} of {row['step_minutes']:g} min, "
                      f"{counted(row['gaps'], 'gap')}, {row['from']} to {row['to']}",
                      f"  {when}: {most}", *(f"  - {note}" for note in row["notes"])])
