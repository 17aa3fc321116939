"""`citytwin profile`: a vertical section along a line through a project, as numbers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.printing import print_json

COMMANDS = ("profile",)


def add_commands(commands, shared) -> None:
    """The subcommand, for the parser of `app.cli`."""
    command = commands.add_parser("profile", parents=[shared], help="pipes, ground and buildings along a line",
                                  description='For example: citytwin profile jiading.twin.json '
                                              '--line "618400,3470668 618444,3470692" --csv')
    command.add_argument("project", type=Path, metavar="PROJECT")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--line", type=points_of, metavar='"x,y x,y …"', help="easting,northing of each point")
    which.add_argument("--layer", metavar="NAME", help="a profile of the project, by name or id")
    command.add_argument("--crs", default="", metavar="EPSG:…", help="of the line (default: the project's)")
    command.add_argument("--trench-depth", type=float, metavar="M", help="what is to be dug, below the ground")
    command.add_argument("--trench-width", type=float, metavar="M", help="how wide (default: 1)")
    command.add_argument("--csv", action="store_true", help="the pipes as a table (the default)")
    command.set_defaults(run=_profile)


def points_of(text: str) -> list[tuple[float, float]]:
    """The points of an argument; argparse says what is wrong with one."""
    try:
        points = [tuple(float(v) for v in pair.split(",")) for pair in text.replace(";", " ").split()]
    except ValueError:
        points = []
    if len(points) < 2 or any(len(p) != 2 for p in points):
        raise argparse.ArgumentTypeError(f'{text!r} is not "x,y x,y …" with two points or more')
    return points


def _profile(options) -> int:
    from app import profiles
    from app.discover import layer_types
    from app.ifc_cli import write
    from app.session import Session
    from twin.project import load
    from twin.text import tr
    layer_types()
    session = Session(load(options.project))
    try:
        course, trench = _asked(session, options)
        session.settle()
        content = profiles.content_of(session)
        found = profiles.cut(content, course, trench)
        if content.tiled:
            print(tr("Houses of {n} tiled layers are cut in the window only, as they are drawn there.",
                     n=content.tiled), file=sys.stderr)
        frame = session.document.frame
        print_json(profiles.as_json(found, frame)) if options.json else write(profiles.csv_text(found, frame))
    finally:
        session.close()
    return 0


def _asked(session, options):
    """(course, trench) of the call. Raises Trouble for a layer that is not there."""
    from app.profiles import course_of, grid_scale, trench_of
    from twin.course import Course
    from twin.profile import Trench
    from twin.text import tr
    from twin.trouble import Trouble
    frame, trench = session.document.frame, Trench()
    if options.layer:
        lines = [x for x in session.document.layers if x.kind == "profile"]
        layer = next((x for x in lines if options.layer in (x.id, x.name, x.name_zh)), None)
        if layer is None:
            raise Trouble(tr("There is no profile called {name}.", name=options.layer),
                          way_out=tr("Profiles: {known}.", known=", ".join(x.name for x in lines) or tr("none")))
        course, trench = course_of(layer, frame), trench_of(layer)
    else:
        x, y = zip(*options.line)
        line = frame.to_local(x, y, crs=options.crs)
        course = Course.through(line, grid_scale(frame, line[:, :2] + frame.origin[:2]))
    depth = trench.depth_m if options.trench_depth is None else options.trench_depth
    width = (trench.width_m or 1.0) if options.trench_width is None else options.trench_width
    return course, Trench(depth, width if depth > 0 else 0.0)
