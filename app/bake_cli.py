"""`citytwin bake`: cities that outgrow memory become tiles on disk, which the scene streams; readings their replay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.console_progress import ConsoleProgress
from app.printing import counted, print_json

COMMANDS = ("bake",)


def add_commands(commands, shared) -> None:
    """The subcommand, for the parser of `app.cli`."""
    command = commands.add_parser(
        "bake", parents=[shared], help="make 3D Tiles, COG and GeoParquet of a city, on all cores",
        description="Footprints, CityGML, CityJSON and IFC become 3D Tiles 1.1 with their attributes as GeoParquet; "
                    "rasters become COG. Footprints stand on the terrains that are named with them. A bake that was "
                    "stopped goes on where it was when it is called again. A project or a store of readings gets its "
                    "replay built, as by `citytwin store --cubes`.")
    command.add_argument("inputs", nargs="+", metavar="INPUT",
                         help="a file, a folder of files, or an address that fsspec knows; or one project or store")
    command.add_argument("--out", default="", metavar="FOLDER", help="of tiles; made where it does not exist")
    command.add_argument("--workers", type=int, default=0, metavar="N", help="processes (default: one a core)")
    command.add_argument("--scheduler", default="", metavar="ADDRESS", help="of a Dask cluster that does the work")
    command.add_argument("--crs", default="", metavar="EPSG:N", help="of the inputs, in place of what they state")
    command.add_argument("--datum", choices=("1985", "wusong", "ellipsoid"), default="", help="of the inputs' heights")
    command.add_argument("--geoid", type=float, default=0.0, metavar="M", help="how high the zero of 1985 lies above "
                         "the ellipsoid there, from which 3D Tiles count (default: 0, heights are written as they are)")
    command.add_argument("--tile-triangles", type=int, default=0, metavar="N", help="of one tile, about "
                         "(default: 50,000)")
    command.add_argument("--scratch", default="", metavar="FOLDER",
                         help="for what is on the way; all workers must see it (default: inside the output)")
    command.set_defaults(run=_bake)


def _bake(options) -> int:
    from twin.text import tr
    from twin.trouble import Trouble
    if any(_holds_readings(Path(name)) for name in options.inputs):
        return _bake_readings(options)
    if not options.out:
        raise Trouble(tr("Tiles need a folder to lie in."), way_out=tr("Name one with --out FOLDER."))
    return _bake_city(options)


def _holds_readings(path: Path) -> bool:
    from app.adding import is_project
    from twin.history.store import is_store
    return is_project(path) or is_store(path)


def _bake_readings(options) -> int:
    from app.bringing import store_of
    from app.reading_cli import build_cubes
    from twin.text import tr
    from twin.trouble import Trouble
    if len(options.inputs) > 1 or options.out:
        raise Trouble(tr("A replay is built inside its store of readings, one at a time."),
                      way_out=tr("Name one project or store without --out, and bake cities apart."))
    return build_cubes(store_of(Path(options.inputs[0]))[0], options)


def _bake_city(options) -> int:
    from cim.bake.run import Order, bake
    order = Order(inputs=tuple(files_of(options.inputs)), out=options.out, workers=max(0, options.workers),
                  scheduler=options.scheduler, crs=options.crs, datum=options.datum,
                  geoid_m=options.geoid, scratch=options.scratch)
    if options.tile_triangles > 0:
        order = replace(order, tile_triangles=options.tile_triangles)
    said = ConsoleProgress()
    try:
        report = bake(order, said)
    finally:
        said.end()
    if options.json:
        print_json(report)
    else:
        print("\n".join(sentences(report)))
    return 1 if report["failed"] else 0


def files_of(inputs: list[str]) -> list[str]:
    """The inputs, folders as the files in them that a reader knows."""
    from app.adding import files_among
    out: list[str] = []
    for name in inputs:
        out += [str(path) for path in files_among([Path(name)])[0]] if Path(name).is_dir() else [name]
    return out


def sentences(report: dict) -> list[str]:
    """A report as text for a person."""
    lines = []
    for data in report["datasets"]:
        tiles = f", {counted(data['tiles'], 'tile')} in {counted(data['levels'], 'level')}, " \
                f"{counted(data['triangles'], 'triangle')}" \
            if data["tiles"] else ""
        lines.append(f"{data['name']}: {counted(data['features'], 'feature')}{tiles}, {data['bytes'] / 1e6:,.1f} MB"
                     if data["form"] != "raster" else f"{data['name']}: COG, {data['bytes'] / 1e6:,.1f} MB")
        lines += [f"  - {note}" for note in data["notes"]]
    lines += [f"{failed['path']}\n  not baked: {failed['error']}" for failed in report["failed"]]
    lines.append(f"{report['out']}  {counted(report['made'], 'piece')} made, {report['reused']} were there, "
                 f"{counted(report['workers'], 'worker')}, {report['secs']:.1f} s")
    return lines
