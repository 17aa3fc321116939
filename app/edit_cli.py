"""`citytwin excavate` and `citytwin buffer`: edits of a project without its window; its file is written anew."""

from __future__ import annotations

import sys
from pathlib import Path

from app.printing import print_json
from app.profile_cli import points_of

COMMANDS = ("excavate", "buffer")


def add_commands(commands, shared) -> None:
    """The subcommands, for the parser of `app.cli`."""
    command = commands.add_parser("excavate", parents=[shared], help="cut a polygon into the terrain of a project")
    command.add_argument("project", type=Path, metavar="PROJECT")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--area", type=points_of, metavar='"x,y x,y …"', help="corners of the polygon")
    which.add_argument("--under", metavar="NAME", help="under this IFC model, down to its foot")
    command.add_argument("--floor", type=float, metavar="H", help="height of the floor in the project's datum "
                         "(default: 3 m below the lowest corner, or the model's foot)")
    command.add_argument("--level", action="store_true", help="fill up what lies lower, too")
    command.add_argument("--crs", default="", metavar="EPSG:…", help="of the corners (default: the project's)")
    command.add_argument("--name", default="", metavar="NAME")
    command.set_defaults(run=_excavate)

    command = commands.add_parser("buffer", parents=[shared], help="lay a buffer round a layer of a project")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--layer", required=True, metavar="NAME", help="by name or id")
    command.add_argument("--distance", type=float, default=50.0, metavar="M", help="from the outside (default: 50)")
    command.add_argument("--volume", action="store_true", help="round pipes as a volume, not as an area")
    command.set_defaults(run=_buffer)


def _excavate(options) -> int:
    from app import siting
    from app.excavating import cut_in, dug_m3, nothing_dug, under_model
    from app.query_cli import opened
    session = opened(options.project)
    try:
        frame, floor_m = session.document.frame, options.floor
        if options.under:
            layer = layer_named(session.document, options.under, ("building",))
            siting.sited_all(session, [layer.id])
            ring, foot_m = under_model(session, session.document.layer(layer.id))
            floor_m = round(foot_m, 2) if floor_m is None else floor_m
        else:
            ring = frame.to_local(*zip(*options.area), crs=options.crs)[:, :2]
        document, terrain = cut_in(session, ring, floor_m, options.name or options.under or "", options.level)
        session.edits.commit(document, "Excavation")
        session.save(options.project)
        cut = terrain.cuts[-1]
        volume = round(dug_m3(session, terrain, cut), 1)
        if words := nothing_dug(session, terrain, cut):
            print(f"citytwin: {words}", file=sys.stderr)
    finally:
        session.close()
    if options.json:
        print_json({"layer": terrain.id, "name": cut.name, "floor_m": cut.floor_m, "volume_m3": volume})
    else:
        print(f"{cut.name}: {cut.floor_m:g} m, {volume:,.0f} m³")
    return 0


def _buffer(options) -> int:
    from app.buffering import around
    from app.query_cli import opened
    session = opened(options.project)
    try:
        layer = layer_named(session.document, options.layer, ("vectors", "zones", "networks", "city"))
        fresh = around(layer, options.distance, (), options.volume and layer.kind == "networks")
        session.edits.commit(session.document.with_layer(fresh), "Buffer")
        session.save(options.project)
    finally:
        session.close()
    print_json({"layer": fresh.id, "name": fresh.name}) if options.json else print(f"{fresh.id}  {fresh.name}")
    return 0


def any_layer(document, name: str):
    """A layer by name or id, whether it has a source or not. Raises Trouble where there is none."""
    from twin.text import tr
    from twin.trouble import Trouble
    layer = the_one(document.layers, name)
    if layer is None:
        raise Trouble(tr("There is no such layer to do this with: {name}.", name=name),
                      way_out=tr("Layers: {known}.", known=", ".join(x.name for x in document.layers[:20])))
    return layer


def the_one(layers, name: str):
    """The layer of that id, or the only one of that name; None where there is none. Raises Trouble where several have
    the name: the first of them would answer for all.
    """
    from twin.text import tr
    from twin.trouble import Trouble
    called = [x for x in layers if name == x.id] or [x for x in layers if name and name in (x.name, x.name_zh)]
    called = [x for x in called if x.kind != "group"] or called               # a group may have its layer's name
    if len(called) > 1:
        raise Trouble(tr("{n} layers are called {name}.", n=len(called), name=name),
                      way_out=tr("Name one by its id: {ids}.", ids=", ".join(x.id for x in called)))
    return called[0] if called else None


def layer_named(document, name: str, kinds: tuple[str, ...]):
    """The layer of that name or id, the first one for "". Raises Trouble where there is none of these kinds."""
    from twin.text import tr
    from twin.trouble import Trouble
    known = [x for x in document.layers if x.kind in kinds and x.source]
    layer = the_one(known, name) if name else next(iter(known), None)
    if layer is None:
        raise Trouble(tr("There is no such layer to do this with: {name}.", name=name),
                      way_out=tr("Layers: {known}.", known=", ".join(x.name for x in known[:20]) or tr("none")))
    return layer
