"""`citytwin bake`: cities that outgrow memory become tiles on disk, which the scene streams."""

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
                    "stopped goes on where it was when it is called again.")
    command.add_argument("inputs", nargs="+", metavar="INPUT",
                         help="a file, a folder of files, or an address that fsspec knows")
    command.add_argument("--out", required=True, metavar="FOLDER", help="made where it does not exist")
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
