"""What a row of the systems panel says."""

from __future__ import annotations

import textwrap

from PySide6.QtCore import Qt

from app.systems import Shown
from twin.document import Document
from twin.systems.catalogue import items
from twin.text import language, tr

WIDE_CHARACTERS = 64
SAID, TONE = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2


def said_of(one: Shown, document: Document, error: str) -> tuple[str, str]:
    """(the second line, its tone: "accent" shown, "danger" failed, "none" without a place, ""). It begins with the
    number by which other panels call the system.
    """
    said, tone = _state_of(one, document, error)
    return f"{one.system.key} · {said}", tone


def _state_of(one: Shown, document: Document, error: str) -> tuple[str, str]:
    if not one.system.spatial:
        return one.reason, "none"
    if error or one.drawn is False:
        return error or one.reason, "danger" if one.layers else "none"
    if one.drawn is None:
        size = tr("Not counted yet.")
    elif one.observations:
        size = tr("{features} things, {observations} observations", features=f"{one.features:,}",
                  observations=f"{one.observations:,}")
    else:
        size = tr("{n} features", n=f"{one.features:,}")
    main = document.layer(one.layers[0])
    if main is not None and document.shown(main) and main.kind != "group":
        return tr("Shown") + " · " + size, "accent"
    return size, ""


def tip_of(one: Shown, said: str) -> str:
    """Everything the plan says about it as plain lines."""
    system = one.system
    lines = [f"{system.key} {system.title(language())}",
             f"{system.item} {items()[system.item].title(language())}", said]
    if system.kind:
        lines.append(tr("Kind: {kind}", kind=tr(system.kind)))
    if system.properties:
        lines.append(tr("Observes: {names}", names="; ".join(f"{tr(name)} [{unit}]" if unit else tr(name)
                                                            for name, unit in system.properties)))
    if system.interval:
        lines.append(tr("Interval: {interval}", interval=tr(system.interval)))
    if system.target:
        lines.append(tr("Target: {target}", target=system.target))
    lines += [tr("Where: {zone}", zone=_said_once(system.zone)),
              tr("Responsible: {department}", department=system.department)]
    return "\n".join(part for line in lines for part in textwrap.wrap(line, WIDE_CHARACTERS))


def _said_once(zone: str) -> str:
    """Of "全区 whole district" what the language asks for; a name that is said in one alone stays."""
    zh, _, en = zone.partition(" ")
    if not en or not en.isascii() or zh.isascii():
        return zone
    return zh if language() == "zh" else en if " " in en else zone
