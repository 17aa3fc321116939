"""`citytwin systems`: the systems of the plan, and what of each a project shows."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.printing import print_json

COMMANDS = ("systems",)


def add_commands(commands, shared: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "systems", parents=[shared], help="the 148 systems of the plan, and what of each a project shows",
        description="Reads every layer that says which system it shows, counts its things and observations, draws it "
                    "off-screen, and lists all systems of the plan; those without a place with the reason.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.set_defaults(run=_systems)


def _systems(options) -> int:
    from app.systems import account
    found = account(options.project)
    if options.json:
        print_json([one.as_json() for one in found])
    else:
        _print(found)
    return 0


def _print(found: list) -> None:
    from app.made_up import say_so
    from twin.systems.catalogue import items
    from twin.text import language, tr
    say_so(any(one.synthetic for one in found))
    item = 0
    for one in found:
        if one.system.item != item:
            item = one.system.item
            print(f"\n{item} {items()[item].title(language())}")
        name = one.system.title(language())
        if one.drawn:
            said = tr("{features} things, {observations} observations", features=f"{one.features:,}",
                      observations=f"{one.observations:,}")
            print(f"  + {name} [{one.system.kind}] {said}  ({one.layers[0]})")
        else:
            print(f"  {'!' if one.system.spatial else '-'} {name}: {one.reason}")
    spatial = [one for one in found if one.system.spatial]
    print("\n" + tr("{n} systems: {drawn} of {spatial} with a place are drawn, {rest} have none.", n=len(found),
                    drawn=sum(bool(one.drawn) for one in spatial), spatial=len(spatial),
                    rest=len(found) - len(spatial)))
