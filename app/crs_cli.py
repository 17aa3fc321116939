"""`citytwin crs`: where a file or a layer may lie, and setting its system, without a window."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.printing import print_json

COMMANDS = ("crs",)


def add_commands(commands, shared) -> None:
    """The subcommand, for the parser of `app.cli`."""
    command = commands.add_parser("crs", parents=[shared], help="list where the numbers of a file or a layer may lie; "
                                  "set the layer's system")
    command.add_argument("path", type=Path, metavar="PROJECT|FILE")
    command.add_argument("--layer", default="", metavar="NAME", help="of the project, by name or id")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--set", default=None, metavar="CRS", dest="crs",
                      help="EPSG code, PROJ string, WKT, GCJ-02, BD-09; empty = as the file says")
    what.add_argument("--points", nargs="+", type=_point, metavar="X,Y=E,N",
                      help="two to four control points: the file's numbers and where that is in the project's CRS")
    command.add_argument("--swap", action="store_true", help="the file writes the northing first")
    command.add_argument("--datum", choices=("1985", "wusong", "ellipsoid"), help="of the layer's heights")
    command.add_argument("--geoid", type=float, default=None, metavar="M", help="of the project: how high the zero of "
                         "1985 lies above the ellipsoid; 0 = not known")
    command.set_defaults(run=_run)


def _point(text: str):
    from twin.local_grid import POINT, ControlPoint
    found = POINT.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not X,Y=E,N, for example -29302.26,9871.89=610000,3469000")
    return ControlPoint(*map(float, found.groups()))


def _run(options) -> int:
    from app.discover import layer_types
    from twin.project import SUFFIX
    layer_types()
    if not options.path.name.endswith(SUFFIX):
        return _list(options, *_of_file(options))
    from app.edit_cli import layer_named
    from app.whereabouts import reference
    from twin.project import load, save
    project = load(options.path)
    if options.geoid is not None:
        frame = replace(project.document.frame, geoid_m=options.geoid)
        project = replace(project, document=replace(project.document, frame=frame))
        save(project, options.path)
        if not options.layer:
            return _say(options, frame.crs)
    layer = layer_named(project.document, options.layer, tuple({x.kind for x in project.document.layers}))
    wanted = _wanted(options, layer.source.crs, reference(project.document.frame).crs)
    source = replace(layer.source, crs=wanted, height_datum=options.datum or layer.source.height_datum)
    if source == layer.source:
        return _list(options, layer.source, project.document.frame)
    save(replace(project, document=_read_as(project.document, replace(layer, source=source))), options.path)
    return _say(options, wanted)


def _read_as(document, layer):
    """The document with the layer; in a project without a CRS the numbers of its file say where that is."""
    from app.whereabouts import numbers_of, settled
    from twin.readers import Progress
    box = None
    if layer.source.crs and not document.frame.crs:
        box = numbers_of(layer.source.path, layer.source, "", Progress()).box
    return settled(document, layer, layer.source.crs, box)


def _wanted(options, present: str, project_crs: str) -> str:
    from twin import local_grid
    from twin.frame import normal_crs
    if options.points:
        return normal_crs(local_grid.text_of(project_crs, options.points, "yx" if options.swap else ""))
    crs = present if options.crs is None else options.crs
    if options.swap and crs and not crs.startswith(local_grid.SWAPPED):
        crs = local_grid.SWAPPED + crs
    elif options.swap:
        crs = local_grid.SWAPPED + project_crs
    return normal_crs(crs) if crs else ""


def _say(options, crs: str) -> int:
    from twin import local_grid
    from twin.frame import crs_label
    fit = local_grid.fitted(crs) if local_grid.points_of(crs) else None
    said = {"crs": crs, "residuals_m": None if fit is None else [round(float(r), 4) for r in fit.residuals_m],
            "scale": None if fit is None else fit.scale, "turn_deg": None if fit is None else fit.turn_deg}
    if options.json:
        print_json(said)
        return 0
    print(crs_label(crs) if crs else "as the file says")
    if fit is not None:
        print(f"scale {fit.scale:.8f}, turn {fit.turn_deg:.5f}°, left over "
              + ", ".join(f"{r:.3f} m" for r in fit.residuals_m))
    return 0


def _of_file(options):
    from twin.project import source_of
    return source_of(options.path), None


def _list(options, source, frame) -> int:
    from app.whereabouts import frame_for, like_city_grid, numbers_of, numbers_said, readings, reference, where_words
    from twin.frame import Frame
    from twin.readers import Progress
    from twin.text import tr
    from twin.trouble import Trouble
    found = numbers_of(source.path, source, frame.crs if frame else "", Progress())
    if found.box is None:
        raise Trouble(tr("This file says nothing of where it lies."), path=source.path)
    project, frame = frame, frame or frame_for(found.box, found.infos)
    stated = next((info for info in found.infos), None)
    rows = readings(found.box, reference(frame), stated=stated.crs if stated else "")
    said = {"box": found.box, "says": stated.crs if stated else "", "says_source": stated.crs_source if stated else "",
            "city_grid": like_city_grid(found.box),
            "readings": [{"crs": r.crs, "lon": round(r.lonlat[0], 7), "lat": round(r.lonlat[1], 7),
                          "away_m": None if project is None else round(r.away_m, 1)} for r in rows]}
    if options.json:
        print_json(said)
        return 0
    print("x {} … {}, y {} … {}".format(*numbers_said(found.box)))
    for row in rows:
        print(f"{row.crs:24}  {where_words(row, project or Frame(crs=''))}  {row.label}")
    if said["city_grid"]:
        print(tr("The numbers may be in Shanghai's city grid: give a PROJ string, or two to four control points."))
    return 0
