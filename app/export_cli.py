"""`citytwin ifc export`: chosen elements as glTF, IFC, CSV or a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.ifc_cli import in_worker
from app.printing import print_json


def add_export(inside, shared: argparse.ArgumentParser) -> None:
    command = inside.add_parser(
        "export", parents=[shared], help="write chosen elements as .glb, .gltf, .ifc, .csv or .png",
        description="Writes the elements that a selector finds (or of a storey) by the suffix of --out: .glb and .gltf "
                    "with GlobalId and class of each node, .ifc (a file of its own, at its place), .csv (all "
                    "properties), .png (a picture of them). A container stands for all that lies in it.")
    command.add_argument("file", type=Path, metavar="FILE.ifc")
    command.add_argument("--select", default="", metavar="SELECTOR", help="IfcOpenShell's selector, or part of a name")
    command.add_argument("--storey", default="", metavar="NAME", help="all that lies on it")
    command.add_argument("--out", required=True, type=Path, metavar="FILE")
    command.add_argument("--coordinates", choices=("local", "world"), default="local",
                         help="of glTF: the model's own metres, or those of the CRS that it stands in")
    command.set_defaults(run=_export)


def _export(options) -> int:
    from bim.export import Choice, chosen, export
    choice = Choice(selector=options.select, storey=options.storey, coordinates=options.coordinates)
    out = str(options.out.absolute())
    if options.out.suffix.lower() == ".png":
        from app.render import render
        guids = in_worker(chosen, options.file, choice)
        told = render(None, [options.file], options.out, only=tuple(guids))
        said = {"elements": told["elements"], "size": told["size"]}
    else:
        said = in_worker(export, options.file, out, choice)
    said = said | {"out": str(options.out)}
    if options.json:
        print_json(said)
    else:
        print(said["out"])
        print(", ".join(f"{value:,} {name}" for name, value in said.items() if isinstance(value, int)), file=sys.stderr)
    return 0
