"""IDS: what a model must say, read safely and asked of every element. ifctester's facets do the comparing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

INSTALL = "pip install 'citytwin[checks]'"
MAX_BYTES = 32 << 20
EVERY = 64                              # elements between two reports of progress
PASSED, FAILED, EMPTY, SKIPPED = "passed", "failed", "not_applicable", "skipped"
HINT = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def read_ids(path: str) -> Any:
    """The specifications of an IDS file (ifctester.ids.Ids). Raises Trouble for what is no IDS 1.0, or is hostile."""
    try:
        from ifctester import ids
        from xmlschema import XMLSchemaException
    except ImportError as error:
        raise Trouble(tr("Checking against an IDS needs ifctester, which is not installed."), cause=str(error),
                      way_out=tr("Install it: {command}.", command=INSTALL), path=path) from None
    text = _safe_text(path)
    try:
        return ids.from_string(text)
    except (ids.IdsXmlValidationError, XMLSchemaException) as error:
        raise Trouble(tr("This is no valid IDS 1.0 file."), cause=_cause(error),
                      way_out=tr("Check it with the buildingSMART IDS audit tool."), path=path) from None


def _safe_text(path: str) -> str:
    """The XML without anything that would reach out of it: document types, entities, hints where schemas lie."""
    from lxml import etree
    size = Path(path).stat().st_size
    if size > MAX_BYTES:
        raise Trouble(tr("This IDS file is too large."), cause=tr("{n} MB; IDS files have a few kB", n=size >> 20),
                      way_out=tr("Choose another file."), path=path)
    data = Path(path).read_bytes()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Trouble(tr("This is no valid IDS 1.0 file."), cause=str(error)[:200],
                      way_out=tr("Choose another file."), path=path) from None
    if root.getroottree().docinfo.doctype:
        raise Trouble(tr("This IDS file declares a document type, which IDS files never need."),
                      cause=tr("Such files can be made to exhaust the memory or to read other files"),
                      way_out=tr("Delete its <!DOCTYPE …> part if you trust it."), path=path)
    root.attrib.pop(HINT, None)
    return etree.tostring(root, encoding="unicode")


def _cause(error: Exception) -> str:
    said = getattr(error, "xml_error", error)
    reason, where = getattr(said, "reason", None) or str(said), getattr(said, "path", None)
    return " ".join(f"{reason} ({where})".split() if where else reason.split())[:240]


# -- asking ----------------------------------------------------------------------------------------------


def ask(said: Any, model: Any, progress: Progress) -> Iterator[tuple[dict, list[tuple]]]:
    """For each specification: what became of it, and a row (element, requirement or "", reason or None) for each
    element that it means and each requirement that the element fails. A passed element has one row.
    """
    from ifctester.facet import get_pset, get_psets
    get_pset.cache_clear()                       # it is keyed by elements of the model that was asked last
    get_psets.cache_clear()
    for at, spec in enumerate(said.specifications):
        progress(at, len(said.specifications), tr("Checking {name}", name=spec.name))
        if not spec.check_ifc_version(model):
            yield _outcome(spec, SKIPPED, [], []), []
            continue
        found = _applicable(spec, model, progress)
        rows = [row for element in _counted(found, progress) for row in _rows(spec, element)]
        yield _outcome(spec, _status(spec, found, rows), found, rows), rows


def _counted(elements: list, progress: Progress) -> Iterator:
    for at, element in enumerate(elements):
        if at % EVERY == 0:
            progress(0.0, 0.0)
        yield element


def _applicable(spec, model, progress: Progress) -> list:
    """Elements that the specification means, in the order of the file."""
    held = None
    for facet in spec.applicability:
        held = facet.filter(model, held)
    named = [facet for facet in spec.applicability if type(facet).__name__ != "Entity"]
    kept = [e for e in _counted(list(held or ()), progress) if all(bool(facet(e)) for facet in named)]
    return sorted(kept, key=lambda e: e.id())


def _rows(spec, element) -> list[tuple]:
    if spec.maxOccurs == 0:
        return [(element, "", tr("Such an element must not exist"))]
    failed = [(element, requirement_words(facet), reason_words(type(facet).__name__, result))
              for facet in spec.requirements if not (result := facet(element))]
    return failed or [(element, "", None)]


def _status(spec, found: list, rows: list[tuple]) -> str:
    if not found:
        return FAILED if spec.minOccurs != 0 else EMPTY if spec.maxOccurs != 0 else PASSED
    return FAILED if any(reason is not None for _, _, reason in rows) else PASSED


def _outcome(spec, status: str, found: list, rows: list[tuple]) -> dict:
    bad = {element.id() for element, _, reason in rows if reason is not None}
    reason = tr("It is meant for {versions} only.", versions=", ".join(spec.ifcVersion)) if status == SKIPPED else \
        tr("No element is meant by it, though at least one must be.") if status == FAILED and not found else None
    by_words = [words for _, words, reason in rows if reason is not None]
    return {"name": spec.name, "description": spec.description or None, "instructions": spec.instructions or None,
            "usage": spec.get_usage(), "status": status, "reason": reason, "applicable": len(found),
            "passed": len(found) - len(bad), "failed": len(bad),
            "requirements": [{"text": words, "failed": by_words.count(words)}
                             for words in map(requirement_words, spec.requirements)]}


# -- in words --------------------------------------------------------------------------------------------


def requirement_words(facet) -> str:
    """What a requirement asks, short: "Pset_WallCommon.FireRating = EI30"."""
    kind, value = type(facet).__name__, getattr(facet, "value", None)
    name = {"Property": lambda: f"{_said(facet.propertySet)}.{_said(facet.baseName)}",
            "Attribute": lambda: _said(facet.name),
            "Classification": lambda: f"{tr('Classification')} {_said(facet.system)}".strip(),
            "Material": lambda: tr("Material"),
            "PartOf": lambda: f"{tr('Part of')} {_said(facet.name)} {_said(facet.predefinedType)}".strip(),
            "Entity": lambda: f"{_said(facet.name)} {_said(facet.predefinedType)}".strip()}[kind]()
    asked = f"{name} = {_said(value)}" if value is not None else name
    how = getattr(facet, "cardinality", "required")
    return tr("not: {what}", what=asked) if how == "prohibited" else \
        tr("if any: {what}", what=asked) if how == "optional" else asked


def _said(value) -> str:
    """A value, or a restriction in the signs of mathematics."""
    if value is None:
        return ""
    options = getattr(value, "options", None)
    if options is None:
        return str(value)
    signs = {"enumeration": "", "pattern": "~ ", "minInclusive": "≥ ", "maxInclusive": "≤ ", "minExclusive": "> ",
             "maxExclusive": "< ", "length": "# ", "minLength": "# ≥ ", "maxLength": "# ≤ "}
    parts = [signs.get(name, f"{name} ") + (" | ".join(map(str, held)) if isinstance(held, list) else str(held))
             for name, held in options.items()]
    return ", ".join(parts)


def reason_words(kind: str, result) -> str:
    """Why an element fails, with what it says instead."""
    code = (result.reason or {}).get("type", "")
    actual = str((result.reason or {}).get("actual", ""))
    found = tr("it says {value}", value=actual)
    return {("Attribute", "NOVALUE"): tr("the attribute is missing"),
            ("Attribute", "FALSEY"): tr("the attribute is empty"),
            ("Attribute", "INVALID"): tr("its class has no such attribute"),
            ("Property", "NOPSET"): tr("the property set is missing"),
            ("Property", "NOVALUE"): tr("the property is missing or empty"),
            ("Classification", "NOVALUE"): tr("it has no classification"),
            ("Material", "NOVALUE"): tr("it has no material"),
            ("PartOf", "NOVALUE"): tr("it is part of no such thing"),
            ("PartOf", "ENTITY"): tr("it is part of {value}", value=actual),
            ("Entity", "NAME"): tr("its class is {value}", value=actual),
            (kind, "DATATYPE"): tr("its data type is {value}", value=actual),
            (kind, "PREDEFINEDTYPE"): tr("its predefined type is {value}", value=actual),
            (kind, "PROHIBITED"): tr("it says what it must not say")}.get((kind, code), found)
