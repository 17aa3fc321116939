"""The load report: how much of a file came in, what failed and why, and what it cost."""

from __future__ import annotations

from bim.loading import Loaded
from bim.map_units import length_unit_m
from bim.open import Opened


def facts(opened: Opened) -> dict:
    """What the file says before any shape is made: the first half of `report`."""
    model = opened.model
    guids = [root[0] for root in model.by_type("IfcRoot")]          # by place: a tenth of the time
    return {"schema": opened.schema, "authoring_tool": _tool(model), "entities": opened.entities,
            "entity_lines": opened.entity_lines, "end_marker": opened.end_marker,
            "products": len(model.by_type("IfcProduct")), "complete": opened.whole,
            "duplicate_guids": len(guids) - len(set(guids)), "length_unit_m": length_unit_m(model)}


def report(opened: Opened, loaded: Loaded) -> dict:
    """The "ifc" object of `info --json`; `complete` means that nothing that should be drawn is missing."""
    said = facts(opened)
    failed = [_failure(opened.model.by_id(number), why) for number, why in sorted(loaded.failed.items())]
    return {**said, "shapes": len(loaded.numbers), "failed": failed,
            "complete": said["complete"] and not failed, "seconds": round(loaded.seconds, 3),
            "peak_mb": round(loaded.peak_bytes / 1e6, 1)}


def _failure(element, why: str) -> dict:
    return {"guid": element.GlobalId, "class": element.is_a(), "name": element.Name or "", "reason": why}


def _tool(model) -> str:
    for application in model.by_type("IfcApplication"):
        return " ".join(filter(None, (application.ApplicationFullName, application.Version)))
    return model.header.file_name.originating_system or ""
