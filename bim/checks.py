"""Checks of a model: against an IDS, and against the schema of IFC itself. Both become one list with elements."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bim.ids import FAILED, INSTALL, PASSED, ask, read_ids
from bim.open import open_model
from bim.property_values import KNOWN
from bim.structure import name_of
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

MOST_FINDINGS = 20_000                   # of the schema; one mistake of a tool is in every element
EVERY = 500
COLUMNS = ("guid", "class", "name", "storey", "requirement", "reason")


@dataclass
class Checked:
    """`checks`: one dict for each specification of the IDS ("source": "ids") and each kind of finding about the
    schema ("source": "schema"). `rows`: Arrow table of `COLUMNS`, "check" (place in `checks`), "entity" (number in
    the file) and "passed": all elements that a specification means, and all findings.
    """

    path: str
    schema: str
    rows: Any
    ids_path: str = ""
    ids: dict = field(default_factory=dict)
    checks: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: int = 0                    # findings beyond MOST_FINDINGS

    @property
    def ok(self) -> bool:
        return all(check["status"] != FAILED for check in self.checks) and not self.notes

    def as_dict(self) -> dict:
        by_check: list[list[dict]] = [[] for _ in self.checks]
        for row in self.rows.to_pylist():
            by_check[row.pop("check")].append(row)
        out = {"path": self.path, "schema": self.schema, "ok": self.ok, "notes": self.notes}
        if self.ids_path:
            specs = [{**c, "elements": _elements(by_check[at])} for at, c in enumerate(self.checks)
                     if c["source"] == "ids"]
            counts = Counter(c["status"] for c in specs)
            out["ids"] = {"path": self.ids_path, **self.ids, "counts": dict(counts), "specifications": specs}
        findings = [row | {"kind": self.checks[at]["kind"]} for at, rows in enumerate(by_check)
                    if self.checks[at]["source"] == "schema" for row in rows]
        for row in findings:
            del row["passed"]
        return out | {"schema_findings": {"count": len(findings) + self.left_out, "left_out": self.left_out,
                                          "findings": findings}}


def _elements(rows: list[dict]) -> list[dict]:
    """One entry for each element, with all its reasons."""
    out: dict[int, dict] = {}
    for row in rows:
        about = {name: row[name] for name in ("guid", "class", "name", "storey", "entity", "passed")}
        entry = out.setdefault(row["entity"], about | {"reasons": []})
        if not row["passed"]:
            entry["reasons"].append({"requirement": row["requirement"], "reason": row["reason"]})
    return list(out.values())


def check(path: str, ids_path: str = "", rules: bool = False, progress: Progress | None = None) -> Checked:
    """Runs in a worker. `rules`: the where-rules of the schema too, which takes about three times as long.

    Raises Trouble for an IDS that cannot be used; a model that could be read in part is checked as far as it goes.
    """
    report = progress or Progress()
    report(0.0, 0.0, tr("Opening"))
    said = read_ids(ids_path) if ids_path else None
    opened = open_model(Path(path))
    made = _Rows(opened.model)
    if said is not None:
        for outcome, rows in ask(said, opened.model, report):
            at = made.begin({"source": "ids", **outcome})
            for element, requirement, reason in rows:
                made.add(at, element, requirement, reason)
    left_out = _check_schema(opened.model, made, rules, report)
    return Checked(path, opened.schema, made.table(), ids_path, dict(said.info) if said else {}, made.checks,
                   list(opened.missing), left_out)


class _Rows:
    """Grows the list of checks and their rows."""

    def __init__(self, model):
        self.model, self.checks, self._rows = model, [], []
        self._about: dict[int, tuple] = {}

    def begin(self, check: dict) -> int:
        self.checks.append(check)
        return len(self.checks) - 1

    def add(self, at: int, element, requirement: str, reason: str | None) -> None:
        number = element.id() if element is not None else 0
        if number not in self._about:
            self._about[number] = _about(element)
        self._rows.append((at, number, *self._about[number], requirement or None, reason))

    def table(self):
        import pyarrow as pa
        held = list(zip(*self._rows)) or [()] * 8
        kinds = (pa.int32(), pa.int64(), *[pa.string()] * 6)
        names = ("check", "entity", *COLUMNS)
        table = pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, held, kinds)})
        return table.append_column("passed", pa.array([reason is None for reason in held[-1]], pa.bool_()))


def _about(element) -> tuple:
    """GlobalId, class, name, storey, as far as it has them."""
    if element is None:
        return None, None, None, None
    rooted = element.is_a("IfcRoot")
    return (element.GlobalId if rooted else None, element.is_a(), name_of(element) if rooted else None,
            KNOWN["storey"](element) if element.is_a("IfcProduct") else None)


# -- the schema ------------------------------------------------------------------------------------------


def _check_schema(model, made: _Rows, rules: bool, progress: Progress) -> int:
    """Adds a check for each kind of finding; how many findings were left out."""
    findings = _findings(model, rules, progress)
    groups: dict[tuple[str, str], list[tuple]] = {}
    for kind, attribute, element, message in findings[:MOST_FINDINGS]:
        groups.setdefault((kind, attribute), []).append((element, message))
    for (kind, attribute), held in sorted(groups.items()):
        held.sort(key=lambda pair: pair[0].id() if pair[0] is not None else 0)
        at = made.begin({"source": "schema", "kind": kind, "name": attribute or tr("The file"), "status": FAILED,
                         "applicable": len(held), "passed": 0, "failed": len(held)})
        for element, message in held:
            made.add(at, element, attribute, message)
    if not groups:
        made.begin({"source": "schema", "kind": "schema", "name": tr("Schema {name}", name=model.schema_identifier),
                    "status": PASSED, "applicable": 0, "passed": 0, "failed": 0})
    return max(0, len(findings) - MOST_FINDINGS)


def _findings(model, rules: bool, progress: Progress) -> list[tuple]:
    """(kind, class and attribute or rule, element or None, message)."""
    import ifcopenshell
    from ifcopenshell import validate
    wrapper = ifcopenshell.ifcopenshell_wrapper
    before = (wrapper.get_feature("use_attribute_value_derived"), ifcopenshell.settings.unpack_non_aggregate_inverses,
              ifcopenshell.settings.compare_instances_by_value)
    log = _log(validate.json_logger, len(model.entity_names()), progress)
    try:
        validate.validate(model, log, express_rules=rules)
    except ModuleNotFoundError as error:                       # the rules are assertions that pytest rewrites
        raise Trouble(tr("Checking the rules of the schema needs pytest, which is not installed."), cause=str(error),
                      way_out=tr("Install it: {command}.", command=INSTALL)) from None
    finally:                                                   # the library leaves them when it is interrupted
        wrapper.set_feature("use_attribute_value_derived", before[0])
        ifcopenshell.settings.unpack_non_aggregate_inverses = before[1]
        ifcopenshell.settings.compare_instances_by_value = before[2]
    return log.found


def _log(base: type, total: int, progress: Progress):
    """A logger for the library that keeps what was found as values, and reports how far it is."""
    class Log(base):
        def __init__(self):
            super().__init__()
            self.found: list[tuple] = []
            self._seen = 0

        def set_state(self, key, value):
            super().set_state(key, value)
            if key == "instance":
                self._seen += 1
                if self._seen % EVERY == 0:
                    progress(min(self._seen, total), total, tr("Checking the schema"))

        def log(self, level, message, *args):
            kind = "rule" if "rule" in self.state.get("type", "") else "schema"
            where = self.state.get("attribute") or ""
            self.found.append((kind, where, self.state.get("instance"), _words(message % args if args else message)))

    return Log()


def _words(message: str) -> str:
    """The library's words on one line; the usual ones in ours."""
    known = {"Attribute not optional": tr("a required attribute is missing"),
             "Invalid attribute value": tr("the value does not fit the attribute"),
             "Attribute is derived in subtype": tr("a derived attribute has a value of its own")}
    said = " ".join(message.split())
    return known.get(said, said[:400])
