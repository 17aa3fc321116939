"""The load report: how much of a file came in, what failed and why, and what it cost."""

from __future__ import annotations

from bim.attributes import sound
from bim.loading import Loaded
from bim.map_units import length_unit_m
from bim.open import Opened


def facts(opened: Opened) -> dict:
    """What the file says before any shape is made: the first half of `report`."""
    model = opened.model
    guids = [sound(root.__getitem__, 0, otherwise=root.id()) for root in model.by_type("IfcRoot")]  # by place: sooner
    return {"schema": opened.schema, "authoring_tool": sound(_tool, model, otherwise=""), "entities": opened.entities,
            "entity_lines": opened.entity_lines, "end_marker": opened.end_marker,
            "products": len(model.by_type("IfcProduct")), "complete": opened.whole,
            "duplicate_guids": len(guids) - len(set(guids)),
            "length_unit_m": sound(length_unit_m, model, otherwise=None)}


def report(opened: Opened, loaded: Loaded) -> dict:
    """The "ifc" object of `info --json`; `complete` means that nothing that should be drawn is missing."""
    said = facts(opened)
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
