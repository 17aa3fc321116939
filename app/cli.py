"""The command line: the same code without a window.

This module is imported again by every worker process (it is their `__main__`), so it stays light:
everything heavy is imported by the command that needs it.
"""

from __future__ import annotations

import argparse
import difflib
import logging
import os
import re
import sys
from pathlib import Path

from app import (
    bake_cli,
    crs_cli,
    edit_cli,
    engine_cli,
    history_cli,
    ifc_cli,
    incident_cli,
    indicators_cli,
    package_cli,
    profile_cli,
    query_cli,
    rasters_cli,
    reach_cli,
    reading_cli,
    record_cli,
    roadside_cli,
    scenario_cli,
    schedule_cli,
    statistics_cli,
    style_cli,
    sun_cli,
    systems_cli,
    terrain_cli,
    time_cli,
    vitals_cli,
    water_cli,
    words_cli,
)
from app.console_progress import ConsoleProgress
from app.printing import counted, print_json

PARTS = (                                   # modules with COMMANDS and add_commands(commands, shared)
    ifc_cli,
    history_cli,
    reading_cli,
    engine_cli,
    incident_cli,
    package_cli,
    scenario_cli,
    sun_cli,
    reach_cli,
    bake_cli,
    vitals_cli,
    statistics_cli,
    indicators_cli,
    time_cli,
    profile_cli,
    systems_cli,
    query_cli,
    edit_cli,
    style_cli,
    terrain_cli,
    crs_cli,
    record_cli,
    water_cli,
    rasters_cli,
    roadside_cli,
    words_cli,
)
COMMANDS = ("open", "render", "info", "sample", "schema", *(name for part in PARTS for name in part.COMMANDS))


def spelled(argument: str) -> str:
    """Points may begin with a minus, as those of city grids do: argparse takes no option for what begins with a space.

    A plain number it knows by itself.
    """
    return f" {argument}" if re.match(r"-\.?\d[^,]*,", argument) else argument


def main(arguments: list[str] | None = None) -> int:
    """0 when done, 1 when something could not be read or written, 2 for a wrong call. Never a traceback."""
    from multiprocessing import freeze_support
    freeze_support()
    arguments = sys.argv[1:] if arguments is None else arguments
    arguments = [spelled(x) for x in arguments]
    plain = arguments and (arguments[0] in COMMANDS or arguments[0] in ("-h", "--help", "--version"))
    try:
        if arguments and not plain:
            _no_slip(arguments[0])
        options = parser().parse_args(arguments if plain else ["open", *arguments])
    except WrongCall as wrong:
        return _refused(wrong, arguments)
    _prepare(options)
    if getattr(options, "project", None) is not None:
        options.project = _in_full(options.project)
    from twin.trouble import Trouble
    try:
        done = options.run(options)
        sys.stdout.flush()                      # so that a closed pipe is met here, not while leaving
        return done
    except Trouble as trouble:
        return _failed(trouble, options)
    except BrokenPipeError:                     # whoever read the output has seen enough (`citytwin info … | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        if getattr(options, "json", False):
            print_json({"error": "Interrupted."})
        return 130
    except Exception as error:
        logging.getLogger("citytwin").debug("unforeseen", exc_info=True)
        return _failed(Trouble.of(error), options)


def _in_full(project: Path) -> Path:
    """A project may be named without the suffix of its file, as `import --into` takes it."""
    full = Path(f"{project}.twin.json")
    return full if not project.exists() and full.exists() else project


class WrongCall(Exception):
    """Arguments that do not fit: the usage, and what is wrong."""

    def __init__(self, usage: str, message: str):
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Raises instead of leaving, so that a wrong call can be answered in JSON too."""

    def error(self, message: str):
        raise WrongCall(self.format_usage(), message)


def _no_slip(word: str) -> None:
    """Raises WrongCall for a bare word that names neither a command nor anything here: a slip of the pen, no file."""
    if not re.fullmatch(r"[A-Za-z_-]+", word) or word.startswith("-") or Path(word).exists():
        return
    near = difflib.get_close_matches(word.lower(), COMMANDS, n=3)
    raise WrongCall(parser().format_usage(), f"{word} is no command, and no file of this name is here."
                    + (f" Did you mean {' or '.join(near)}?" if near else " citytwin --help names the commands."))


def parser() -> Parser:
    from twin.text import LANGUAGES
    shared = Parser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON document on standard output")
    shared.add_argument("--language", choices=tuple(LANGUAGES), default=os.environ.get("CITYTWIN_LANGUAGE", ""),
                        help="language of texts (default: English; the window remembers its own)")
    top = Parser(prog="citytwin", description="A digital twin of a city: BIM, CIM and live sensors "
                                  "in one scene, under one clock. Without a command, opens the app.")
    top.add_argument("--version", action="version", version=f"citytwin {version()}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("open", parents=[shared], help="open the app on a project or on these files")
    command.add_argument("files", nargs="*", type=Path, metavar="PROJECT|FILE")
    command.set_defaults(run=_open)

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
    command.add_argument("--size", default="1600x1000", type=_size, metavar="WxH")
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

    command = commands.add_parser("info", parents=[shared], help="say what files contain and what is odd about them")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.set_defaults(run=_info)

    command = commands.add_parser("sample", parents=[shared], help="write the sample project")
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument("--scale", choices=("sample", "district"), default="sample",
                         help="district: 300,000 buildings, 220,000 sensors, 450 vehicles")
    command.set_defaults(run=_sample)

    command = commands.add_parser("schema", parents=[shared], help="print the JSON Schema of the project file")
    command.set_defaults(run=_schema)
    for part in PARTS:
        part.add_commands(commands, shared)
    return top


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed
    try:
        return installed("citytwin")
    except PackageNotFoundError:
        return "(not installed)"


def _prepare(options) -> None:
    from app.many_files import allow
    from twin.arrow import spare_pandas
    from twin.frame import start_proj
    from twin.text import set_language
    allow()
    start_proj()
    spare_pandas()
    set_language(options.language or "en")
    if options.command != "open":
        logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL)


def _open(options) -> int:
    from app.main import run
    return run([str(path) for path in options.files], language=options.language)


def _render(options) -> int:
    from app.render import render, told_apart
    project, files = told_apart(options.files)
    report = render(project, [*files, *options.add], options.out, time_text=options.time, size=options.size,
                    scene=options.scene, theme=options.theme, storey=options.storey, color_by=options.color_by,
                    since_text=options.since, compare_text=options.compare, scenario=options.scenario,
                    sign=options.sign, only_a=tuple(options.only_a), only_b=tuple(options.only_b), view=options.view,
                    divider=options.divider, rooms=options.rooms,
                    elements=options.elements, tasks=options.tasks, rules=tuple(options.map))
    added = report.pop("added")
    unread = [layer for layer in report["layers"] if layer["error"] and layer["id"] in added]
    for layer in unread:
        print(f"citytwin: {layer['error']}", file=sys.stderr)
    if options.json:
        print_json(report)
    else:
        for layer in report["layers"]:
            said = layer["error"] or f"{counted(layer['features'], 'feature')}, " \
                                     f"{counted(layer['triangles'], 'triangle')}, {layer['load_ms']:.0f} ms"
            print(f"{layer['kind']:10} {layer['name']}: {said}")
        print(f"{report['out']}  {report['size'][0]}x{report['size'][1]}  {report['frame_ms']:.0f} ms a frame")
    return 1 if unread else 0


def _info(options) -> int:
    from app.info import describe, sentences
    answers = [answer for path in options.files for answer in describe(path)]
    if options.json:
        print_json(answers)
    else:
        print("\n\n".join(sentences(answer) for answer in answers))
    return 0 if all(answer["ok"] for answer in answers) else 1


def _sample(options) -> int:
    from app.discover import layer_types
    from data_samples.generate import generate
    layer_types()
    line = ConsoleProgress()
    try:
        project = generate(options.folder, scale=options.scale, progress=line)
    finally:
        line.end()
    print_json({"project": str(project), "scale": options.scale}) if options.json else print(project)
    return 0


def _schema(options) -> int:
    from app.discover import layer_types
    from twin.project import schema
    layer_types()
    print_json(schema())
    return 0


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, for example 1600x1000") from None
    if not (16 <= width <= 16384 and 16 <= height <= 16384):
        raise argparse.ArgumentTypeError("each side must be between 16 and 16384 pixels")
    return width, height


def _refused(wrong: WrongCall, arguments: list[str]) -> int:
    if "--json" in arguments:
        print_json({"error": str(wrong)})
    print(f"{wrong.usage}citytwin: {wrong}", file=sys.stderr)
    return 2


def _failed(trouble, options) -> int:
    if getattr(options, "json", False):
        print_json({"error": str(trouble)})
    print(f"citytwin: {trouble}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
