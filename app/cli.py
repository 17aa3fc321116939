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
    render_cli,
    roadside_cli,
    scenario_cli,
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
from app.printing import print_json

PARTS = (                                   # modules with COMMANDS and add_commands(commands, shared)
    render_cli,
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
COMMANDS = ("open", "info", "sample", "schema", *(name for part in PARTS for name in part.COMMANDS))


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
