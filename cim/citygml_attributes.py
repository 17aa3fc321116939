"""Attributes of a CityGML object as a flat row, whichever of its many ways the file writes them in."""

from __future__ import annotations

from cim.code_lists import CodeLists
from cim.gml_geometry import is_gml, local_name

WHOLE = ("storeysAboveGround", "storeysBelowGround", "yearOfConstruction", "yearOfDemolition")
GENERIC = {"intattribute": int, "doubleattribute": float, "measureattribute": float}
NO_ATTRIBUTES = ("boundedBy", "boundary", "appearance", "opening", "fillingSurface", "location")
HEIGHTS = ("measuredHeight", "height")
CODE = "_code"                             # usage "Hotel", usage_code "1210"


def attributes(feature, is_part, codes: CodeLists) -> dict:
    """Name -> text or number of everything that is no geometry. `is_part(element)`: it is an object of its own.

    What a code list has words for is those words; its code stands beside it, by the same name and `CODE`.
    """
    out: dict = {}
    for child in feature:
        space, name = local_name(child)
        if not name or name in NO_ATTRIBUTES or (is_gml(space) and name not in ("name", "description")):
            continue
        if "/generics/" in space or name == "genericAttribute":
            _generic(child, out)
        elif name == "keyValuePairAttribute":
            _pair(child, out, codes)
        elif len(child):
            _nested(child, name, out, is_part, codes)
        elif child.text and child.text.strip():
            for key, value in _worded(name, child, codes):
                _put(out, key, value)
    return out


def _worded(key: str, element, codes: CodeLists) -> list[tuple[str, str | int | float]]:
    code = element.text.strip()
    words = codes.word(element.get("codeSpace") or "", code)
    return [(key, _value(local_name(element)[1], element))] if words is None else [(key, words), (key + CODE, code)]


def _put(out: dict, name: str, value) -> None:
    """Repeated ones stand side by side."""
    out[name] = f"{out[name]}; {value}" if name in out and out[name] != value else value


def _value(name: str, element):
    text = element.text.strip()
    if name in WHOLE or element.get("uom") is not None or name in HEIGHTS:
        try:
            return int(text) if name in WHOLE else float(text)
        except ValueError:
            return text
    return text


def _generic(element, out: dict) -> None:
    """gen:stringAttribute name="…" of versions 1 and 2, gen:StringAttribute with gen:name of version 3."""
    _, kind = local_name(element)
    inner = [(local_name(c)[1], c) for c in element]
    name = element.get("name") or next((c.text for n, c in inner if n == "name" and c.text), "")
    value = next((c.text for n, c in inner if n == "value" and c.text), None)
    if name and value is not None:
        try:
            _put(out, name, GENERIC.get(kind.lower(), str)(value.strip()))
        except ValueError:
            _put(out, name, value.strip())
        return
    for n, child in inner:
        if n.lower().endswith("attribute") or n == "GenericAttributeSet":
            _generic(child, out)


def _pair(element, out: dict, codes: CodeLists) -> None:
    """PLATEAU's attributes of one city alone: a key and a value, each perhaps of a list."""
    leaves = {local_name(e)[1]: e for e in element.iter() if not len(e) and e.text and e.text.strip()}
    key = leaves.pop("key", None)
    if key is None or not leaves:
        return
    _, value = next(iter(leaves.items()))
    name = codes.word(key.get("codeSpace") or "", key.text.strip()) or f"key {key.text.strip()}"
    for column, said in _worded(name, value, codes):
        _put(out, column, said)


def _nested(element, name: str, out: dict, is_part, codes: CodeLists) -> None:
    """Leaves of a data type (an address, a height, an extension's details), by their own names; those of a risk by its
    name, too, as one building may stand in several."""
    if name == "height":
        value = next((e for e in element.iter("{*}value") if e.text), None)
        if value is not None:
            out.setdefault("height", _value("height", value))
        return
    if any(is_part(child) for child in element if isinstance(child.tag, str)):
        return
    for leaf in element.iter():
        space, own = local_name(leaf)
        if own and not len(leaf) and leaf.text and leaf.text.strip() and not is_gml(space):
            kind = local_name(leaf.getparent())[1]
            of = kind if kind.endswith("RiskAttribute") else name if own in ("name", "value", "uri") else ""
            key = f"{of}.{own}" if of else own
            if key not in out:
                out.update(_worded(key, leaf, codes))
