"""The load report: how much of a file came in, what failed and why, and what it cost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from bim.aside import Aside
from bim.attributes import sound
from bim.loading import Loaded
from bim.map_units import length_unit_m
from bim.memory import alone
from bim.open import Opened
from bim.plan import classes_of


@dataclass(frozen=True)
class Counts:
    """`bytes` is what the process that counted held alone; 0 where it was this one."""

    entities: int
    entity_lines: int
    duplicates: int
    bytes: int = 0


class Counting:
    """What the report counts, a second for every 100 MB: of a large file in a process beside this one, of a small one
    here, once `begin` was called.
    """

    def __init__(self, opened: Opened):
        self.opened = opened
        self._aside: Aside[Counts] | None = None
        self._found: Counts | None = None

    def begin(self) -> None:
        if self._aside is None:
            here = os.getpid()
            self._aside = Aside(str(self.opened.plain), lambda: counts(self.opened, weighed=os.getpid() != here))
            if self._aside.ready:
                self._found = self._aside.answer()

    def all(self) -> Counts:
        found = self._found or (self._aside.answer() if self._aside else counts(self.opened))
        self.opened.know(found.entities, found.entity_lines)
        return found

    def close(self) -> None:
        if self._aside:
            self._aside.end()


def counts(opened: Opened, weighed: bool = False) -> Counts:
    entities, lines, duplicates = opened.entities, opened.entity_lines, _duplicates(opened.model)
    return Counts(entities, lines, duplicates, alone(psutil.Process()) if weighed else 0)


def _duplicates(model) -> int:
    guids: set[str | int] = set()
    twice = 0
    for root in _roots(model):
        guid = sound(root.get_argument, 0, otherwise=root.id())              # by place: sooner
        twice += guid in guids
        guids.add(guid)
    return twice


def _roots(model) -> Iterator:
    """Class by class: asking for all points makes a million objects."""
    for name in classes_of(model, "IfcRoot"):
        yield from model.by_type(name, include_subtypes=False)


def facts(opened: Opened) -> dict:
    """What the file says before any shape is made: the first half of `report`."""
    return _facts(opened, Counting(opened).all())


def _facts(opened: Opened, counted: Counts) -> dict:
    model = opened.model
    return {"schema": opened.schema, "authoring_tool": sound(_tool, model, otherwise=""), "entities": opened.entities,
            "entity_lines": opened.entity_lines, "end_marker": opened.end_marker,
            "products": len(model.by_type("IfcProduct")), "complete": opened.whole,
            "duplicate_guids": counted.duplicates,
            "length_unit_m": sound(length_unit_m, model, otherwise=None)}


def report(opened: Opened, loaded: Loaded, counted: Counts) -> dict:
    """The "ifc" object of `info --json`; `complete` means that nothing that should be drawn is missing."""
    said = _facts(opened, counted)
    failed = [_failure(opened.model.by_id(number), why) for number, why in sorted(loaded.failed.items())]
    return {**said, "shapes": len(loaded.numbers), "failed": failed,
            "complete": said["complete"] and not failed, "seconds": round(loaded.seconds, 3),
            "peak_mb": round((loaded.peak_bytes + counted.bytes) / 1e6, 1)}


def _failure(element, why: str) -> dict:
    guid, name = (sound(getattr, element, what, otherwise="") or "" for what in ("GlobalId", "Name"))
    return {"guid": guid, "class": element.is_a(), "name": name, "reason": why}


def _tool(model) -> str:
    for application in model.by_type("IfcApplication"):
        name, version = application.ApplicationFullName or "", application.Version or ""
        return name if name.endswith(version) else f"{name} {version}".strip()       # "… 2011" need not say it twice
    return model.header.file_name.originating_system or ""
