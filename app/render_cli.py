"""`citytwin render`: a picture of a project or of files, without a display."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app import schedule_cli
from app.printing import counted, print_json

COMMANDS = ("render",)


def add_commands(commands, shared) -> None:
    """The subcommand, for the parser of `app.cli`."""
    command = commands.add_parser("render", parents=[shared], help="write a picture, without a display")
    command.add_argument("files", nargs="*", type=Path, metavar="PROJECT|FILE")
    command.add_argument("--add", nargs="+", action="extend", default=[], type=Path, metavar="FILE",
                         help="files to add to the project (or to an empty one)")
    command.add_argument("--out", required=True, type=Path, metavar="FILE.png")
    command.add_argument("--time", default="", metavar="ISO8601",
                         help="the clock's time, or the name of a bookmark")
    command.add_argument("--since", default="", metavar="ISO8601", help="look at the stretch from there to --time")
    command.add_argument("--compare", default="", metavar="ISO8601",
                         help="the second instant: sensors show their change since then")
    command.add_argument("--view", choices=("swipe", "side", "difference"), default="",
                         help="show both instants, or the difference, of everything (default: a day before)")
    for side in "ab":
        command.add_argument(f"--only-{side}", action="append", default=[], metavar="LAYER",
                             help=f"show this layer on side {side.upper()} alone (with --view; default: swipe)")
    command.add_argument("--divider", type=float, default=0.0, metavar="0..1", help="of a swipe, from the left")
    command.add_argument("--size", default="1600x1000", type=size_of, metavar="WxH")
    command.add_argument("--scene", default="", metavar="NAME", help="a scene of the project")
    command.add_argument("--scenario", default="", metavar="ID", help="as this scenario shows it at the clock's time")
    command.add_argument("--storey", default="", metavar="NAME", help="only this storey of the buildings")
    command.add_argument("--color-by", default="", metavar="PROPERTY",
                         help="colour buildings by class, storey, type, material or SET.PROPERTY")
    command.add_argument("--sign", default="", metavar="SIGN", help="colour zones by a vital sign, e.g. air.pm25")
    command.add_argument("--rooms", default="", metavar="PROPERTY",
                         help="colour rooms by what their sensors say of this observed property at the clock's time")
    command.add_argument("--elements", default="", metavar="PROPERTY", help="the same of elements that carry sensors")
    schedule_cli.add_options(command)
    command.add_argument("--theme", choices=("light", "dark"), default="light")
    command.set_defaults(run=_render)


def size_of(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, for example 1600x1000") from None
    if not (16 <= width <= 16384 and 16 <= height <= 16384):
        raise argparse.ArgumentTypeError("each side must be between 16 and 16384 pixels")
    return width, height


def _render(options) -> int:
    from app.render import render, told_apart
    project, files = told_apart(options.files)
    report = render(project, [*files, *options.add], options.out, time_text=options.time, size=options.size,
                    scene=options.scene, theme=options.theme, storey=options.storey, color_by=options.color_by,
                    since_text=options.since, compare_text=options.compare, scenario=options.scenario,
                    sign=options.sign, only_a=tuple(options.only_a), only_b=tuple(options.only_b), view=options.view,
                    divider=options.divider, rooms=options.rooms,
                    elements=options.elements, tasks=options.tasks, rules=tuple(options.map))
    unread = [layer for layer in report["layers"] if layer["error"]]
    for said in [layer["error"] for layer in unread] + [f"{layer['name']}: {layer['incomplete']}"
                                                        for layer in report["layers"] if layer["incomplete"]]:
        print(f"citytwin: {said}", file=sys.stderr)
    print_json(report) if options.json else _print(report)
    return 1 if unread else 0


def _print(report: dict) -> None:
    for layer in report["layers"]:
        said = layer["error"] or f"{counted(layer['features'], 'feature')}, " \
                                 f"{counted(layer['triangles'], 'triangle')}, {layer['load_ms']:.0f} ms"
        print(f"{layer['kind']:10} {layer['name']}: {said}")
    print(f"{report['out']}  {report['size'][0]}x{report['size'][1]}  {report['frame_ms']:.0f} ms a frame")
