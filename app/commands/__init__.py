"""Every command once, as data: menus, toolbar, right-click menus and the command palette are built from it.

A handler gets the window. `enabled` and `checked` are asked when something changed, never stored.
A new capability is a module here with its `COMMANDS`, named in `PARTS`; their order is that of the menus.
"""

from __future__ import annotations

from app.commands import (
    checks,
    comparing,
    edits,
    files,
    following,
    ground,
    help,
    incidents,
    layers,
    live,
    looks,
    measuring,
    model,
    queries,
    rasters,
    rooms,
    scenarios,
    scenes,
    studies,
    systems,
    tiles,
    time,
    underground,
    view,
    vitals,
)
from app.commands.command import Command

PARTS = (
    files,
    edits,
    layers,
    looks,
    tiles,
    rasters,
    queries,
    ground,
    model,
    rooms,
    checks,
    view,
    following,
    scenes,
    measuring,
    underground,
    studies,
    vitals,
    systems,
    time,
    comparing,
    live,
    incidents,
    scenarios,
    help,
)
COMMANDS: tuple[Command, ...] = tuple(command for part in PARTS for command in part.COMMANDS)
