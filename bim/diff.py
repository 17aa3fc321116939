"""Two issues of one model: what was added, removed, changed, by GlobalId; and what only got a new GlobalId."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bim.attributes import sound
from bim.map_units import length_unit_m
from bim.open import open_model
from bim.property_sets import plain, values_of
from bim.property_values import KNOWN
from bim.structure import LEFT_OUT, name_of
from twin.readers import Progress
from twin.text import tr

PLACE_DIGITS = 4                       # of metres: below this nothing has moved
NUMBER_DIGITS = 9
UNSAID = ("id", "type", "GlobalId", "OwnerHistory", "ObjectPlacement", "Representation", "PredefinedType")


@dataclass
class Difference:
    """Lists of {"guid", "class", "name", "storey", "type"}; changed ones also say "changes": {what: [old, new]},
    renamed ones "old_guid".
    """

    added: list[dict] = field(default_factory=list)
    removed: list[dict] = field(default_factory=list)
    changed: list[dict] = field(default_factory=list)
    renamed: list[dict] = field(default_factory=list)
    unchanged: int = 0

    def as_dict(self) -> dict:
        return {"counts": {"added": len(self.added), "removed": len(self.removed), "changed": len(self.changed),
                           "renamed": len(self.renamed), "unchanged": self.unchanged},
                "added": self.added, "removed": self.removed, "changed": self.changed, "renamed": self.renamed}


def diff(old_path: str, new_path: str, progress: Progress | None = None) -> Difference:
    """Runs in a worker: what became of the old file in the new one."""
    report = progress or (lambda *_: None)
    report(0.0, 0.0, tr("Comparing"))
    old, new = (_Side(open_model(Path(path)).model) for path in (old_path, new_path))
    out = Difference()
    gone = {guid: old.elements[guid] for guid in old.elements.keys() - new.elements.keys()}
    came = {guid: new.elements[guid] for guid in new.elements.keys() - old.elements.keys()}
    both = sorted(old.elements.keys() & new.elements.keys())
    for at, guid in enumerate(both):
        report(at, len(both), tr("Comparing"))
        changes = _changes(old, new, guid)
        if changes:
            out.changed.append({**new.row(guid), "changes": changes})
        else:
            out.unchanged += 1
    for guid, before in _pairs(old, new, gone, came):
        out.renamed.append({**new.row(guid), "old_guid": before})
        del gone[before], came[guid]
    out.added, out.removed = [new.row(g) for g in sorted(came)], [old.row(g) for g in sorted(gone)]
    return out


class _Side:
    """One file: its elements by GlobalId, and what is said of each."""

    def __init__(self, model):
        self.model = model
        self.elements = {e.GlobalId: e for e in model.by_type("IfcProduct") if not any(map(e.is_a, LEFT_OUT))}
        self.unit_m = sound(length_unit_m, model, otherwise=None) or 1.0
        self._hashes: dict[int, bytes] = {}

    def row(self, guid: str) -> dict[str, Any]:
        element = self.elements[guid]
        return {"guid": guid, "class": element.is_a(), "name": name_of(element), "storey": KNOWN["storey"](element),
                "type": KNOWN["type"](element)}

    def facts(self, guid: str) -> dict[str, Any]:
        """{name: value} of attributes, class, type, material, storey, properties, place and shape."""
        element = self.elements[guid]
        out: dict[str, Any] = {name: KNOWN[name](element) for name in
                               ("class", "storey", "type", "material", "predefined_type")}
        for name, value in element.get_info(recursive=False).items():
            if name not in UNSAID and not hasattr(value, "is_a"):
                out[name] = plain(value) if not isinstance(value, tuple) else str(plain(value))
        for value in values_of(element, self.model):
            out[f"{value.set}.{value.name}"] = value.value
        return out | {"placement": self.place(guid), "shape": self.shape(element)}

    def place(self, guid: str) -> list[float] | None:
        """The rows of its placement (3, 4), one after the other, in metres."""
        import ifcopenshell.util.placement
        held = self.elements[guid].ObjectPlacement
        if held is None:
            return None
        matrix = ifcopenshell.util.placement.get_local_placement(held)
        matrix[:3, 3] *= self.unit_m
        return (np.round(matrix[:3], PLACE_DIGITS) + 0.0).ravel().tolist()

    def shape(self, element) -> str | None:
        return self._hash(element.Representation).hex() if element.Representation is not None else None

    def _hash(self, value: Any) -> bytes:
        """Of a value with all it refers to, whatever the numbers of the lines are."""
        if hasattr(value, "is_a"):
            number = value.id()
            if number and number in self._hashes:
                return self._hashes[number]
            if value.is_a("IfcRepresentationContext"):       # hangs together with everything
                return value.is_a().encode()
            out = self._digest(value.is_a(), value)
            if number:
                self._hashes[number] = out
            return out
        if isinstance(value, tuple | list):
            return self._digest("list", value)
        return repr(round(value, NUMBER_DIGITS) + 0.0 if isinstance(value, float) else value).encode()

    def _digest(self, kind: str, parts) -> bytes:
        digest = hashlib.blake2b(kind.encode(), digest_size=8)
        for part in parts:
            digest.update(self._hash(part))
            digest.update(b"|")
        return digest.digest()


def _changes(old: _Side, new: _Side, guid: str) -> dict[str, list]:
    before, after = old.facts(guid), new.facts(guid)
    return {name: [before.get(name), after.get(name)] for name in dict.fromkeys((*before, *after))
            if not _same(before.get(name), after.get(name))}


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))
    return a == b


def _pairs(old: _Side, new: _Side, gone: dict, came: dict) -> list[tuple[str, str]]:
    """(new GlobalId, old one) of elements that are the same by class, type, name and place, where that is unique."""
    def key(side: _Side, guid: str):
        row = side.row(guid)
        return row["class"], row["type"], row["name"], tuple(side.place(guid) or ())
    before: dict[tuple, list[str]] = {}
    for guid in gone:
        before.setdefault(key(old, guid), []).append(guid)
    after: dict[tuple, list[str]] = {}
    for guid in came:
        after.setdefault(key(new, guid), []).append(guid)
    return [(guids[0], before[k][0]) for k, guids in sorted(after.items(), key=lambda item: item[1])
            if len(guids) == 1 and len(before.get(k, ())) == 1]


# -- as a table ------------------------------------------------------------------------------------------

ADDED, REMOVED, CHANGED, RENAMED = "added", "removed", "changed", "renamed"


LONGEST = 60                           # letters of a value that the table tells


def _words(changes: dict[str, list]) -> str:
    """What differs, with the old and the new value; how far what was moved."""
    return "; ".join(_said(name, old, new) for name, (old, new) in changes.items())


def _said(name: str, old: Any, new: Any) -> str:
    if name == "shape":
        return tr("Shape")
    if name != "placement":
        return f"{name}: {_short(old)} → {_short(new)}"
    if not (old and new):
        return tr("Placement")
    moved_m = float(np.linalg.norm(np.subtract(new[3::4], old[3::4])))
    return tr("Placement: moved by {m} m", m=f"{moved_m:.3f}") if moved_m >= 0.0005 else tr("Placement: turned")


def _short(value: Any) -> str:
    words = "–" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
    return words if len(words) <= LONGEST else words[:LONGEST - 1] + "…"


def diff_table(old_path: str, new_path: str, progress: Progress | None = None):
    """Runs in a worker: Arrow table with a row for each difference, "change" and "what" it is."""
    import pyarrow as pa
    found = diff(old_path, new_path, progress)
    rows = [{**row, "change": ADDED, "what": None} for row in found.added]
    rows += [{**row, "change": REMOVED, "what": None} for row in found.removed]
    rows += [{**row, "change": CHANGED, "what": _words(row["changes"])} for row in found.changed]
    rows += [{**row, "change": RENAMED, "what": row["old_guid"]} for row in found.renamed]
    names = ("guid", "class", "name", "storey", "type", "change", "what")
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})
