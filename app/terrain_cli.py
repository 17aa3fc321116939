"""`citytwin terrain`: the elevation models of a project's terrain, without its window; its file is written anew."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from app.printing import print_json

COMMANDS = ("terrain",)


def add_commands(commands, shared) -> None:
    """The subcommand, for the parser of `app.cli`."""
    command = commands.add_parser("terrain", parents=[shared], help="list, add, order and remove the elevation models "
                                  "of a project's terrain; the first one goes before those after it")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--layer", default="", metavar="NAME",
                         help="by name or id (default: all are listed, the first is changed)")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--add", type=Path, metavar="DEM", help="before all others")
    what.add_argument("--remove", type=int, metavar="N", help="the N-th of the list, from 1")
    what.add_argument("--move", type=int, nargs=2, metavar=("N", "TO"), help="the N-th to another place of the list")
    command.add_argument("--crs", default="", metavar="EPSG:…", help="of the added one (default: as it says)")
    command.add_argument("--unit", choices=("m", "ft", "us-ft"), default="", help="of its heights")
    command.add_argument("--datum", choices=("1985", "wusong", "ellipsoid"), default="", help="of its heights")
    command.add_argument("--blend", type=float, default=20.0, metavar="M",
                         help="metres inside its edge over which it is led over to the rest; 0 = a hard edge")
    command.set_defaults(run=_run)


def _run(options) -> int:
    from app import dems
    from app.discover import layer_types
    from app.edit_cli import layer_named
    from twin.project import load, save
    layer_types()
    project = load(options.project)
    layer = layer_named(project.document, options.layer, ("terrain",))
    changes = options.add or options.remove is not None or options.move
    if not (changes or options.layer):
        return _say(options, [x for x in project.document.layers if x.kind == "terrain" and x.source])
    fresh = layer
    if options.add:
        fresh = dems.added(layer, options.add, crs=options.crs, unit=options.unit, height_datum=options.datum,
                           blend_m=options.blend)
    elif options.remove is not None:
        fresh = dems.removed(layer, _place(layer, options.remove))
    elif options.move:
        fresh = dems.moved(layer, *(_place(layer, n) for n in options.move))
    if fresh != layer:
        from dataclasses import replace
        save(replace(project, document=project.document.with_layer(fresh)), options.project)
    return _say(options, [fresh])


def _say(options, layers: list) -> int:
    """Each terrain with its elevation models."""
    from app import dems
    from twin.text import language
    told = [{"layer": x.id, "name": x.title(language()), "models": [asdict(model) for model in dems.models_of(x)]}
            for x in layers]
    if options.json:
        print_json({"terrains": told})
        return 0
    for one in told:
        print(one["name"])
        for n, model in enumerate(one["models"], 1):
            said = ", ".join(model[key] for key in ("crs", "unit", "height_datum") if model[key])
            print(f"  {n}  {model['path']}" + (f"  ({said})" if said else ""))
    return 0


def _place(layer, n: int) -> int:
    from app import dems
    from twin.text import tr
    from twin.trouble import Trouble
    count = len(dems.models_of(layer))
    if not 1 <= n <= count:
        raise Trouble(tr("There is no elevation model {n}.", n=n), way_out=tr("The list has {n} of them.", n=count))
    return n - 1
