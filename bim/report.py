"""The load report: how much of a file came in, what failed and why, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bim.attributes import sound
from bim.loading import Loaded
from bim.map_units import length_unit_m
from bim.open import Opened

SOME = 2000


class Counting:
    """Counts lines and GlobalIds, a second for every 100 MB: some at a time, while helpers make shapes."""

    def __init__(self, opened: Opened):
        self.opened = opened
        self._roots = _roots(opened.model)
        self._guids: set[str | int] = set()
        self.duplicates = 0

    def some(self) -> None:
        if not self.opened.lines.some():
            self._look(SOME)

    def all(self) -> None:
        self._look(None)

    def _look(self, most: int | None) -> None:
        for root in islice(self._roots, most):
            guid = sound(root.get_argument, 0, otherwise=root.id())          # by place: sooner
            self.duplicates += guid in self._guids
            self._guids.add(guid)


def _roots(model) -> Iterator:
    """Class by class. Which of them these are the schema says: asking for all points makes a million objects."""
    import ifcopenshell.ifcopenshell_wrapper
    schema = ifcopenshell.ifcopenshell_wrapper.schema_by_name(model.schema_identifier)
    for name in model.types():
        if schema.declaration_by_name(name)._is("IfcRoot"):
            yield from model.by_type(name, include_subtypes=False)


def facts(opened: Opened, counting: Counting | None = None) -> dict:
    """What the file says before any shape is made: the first half of `report`."""
    model, counting = opened.model, counting or Counting(opened)
    counting.all()
    return {"schema": opened.schema, "authoring_tool": sound(_tool, model, otherwise=""), "entities": opened.entities,
            "entity_lines": opened.entity_lines, "end_marker": opened.end_marker,
            "products": len(model.by_type("IfcProduct")), "complete": opened.whole,
            "duplicate_guids": counting.duplicates,
            "length_unit_m": sound(length_unit_m, model, otherwise=None)}


def report(opened: Opened, loaded: Loaded, counting: Counting | None = None) -> dict:
    """The "ifc" object of `info --json`; `complete` means that nothing that should be drawn is missing."""
    said = facts(opened, counting)
    failed = [_failure(opened.model.by_id(number), why) for number, why in sorted(loaded.failed.items())]
    return {**said, "shapes": len(loaded.numbers), "failed": failed,
            "complete": said["complete"] and not failed, "seconds": round(loaded.seconds, 3),
            "peak_mb": round(loaded.peak_bytes / 1e6, 1)}


def _failure(element, why: str) -> dict:
    guid, name = (sound(getattr, element, what, otherwise="") or "" for what in ("GlobalId", "Name"))
    return {"guid": guid, "class": element.is_a(), "name": name, "reason": why}


def _tool(model) -> str:
    for application in model.by_type("IfcApplication"):
        return " ".join(filter(None, (application.ApplicationFullName, application.Version)))
    return model.header.file_name.originating_system or ""
