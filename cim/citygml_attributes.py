"""Attributes of a CityGML object as a flat row, whichever of its many ways the file writes them in."""

from __future__ import annotations

from cim.gml_geometry import is_gml, local_name

WHOLE = ("storeysAboveGround", "storeysBelowGround", "yearOfConstruction", "yearOfDemolition")
GENERIC = {"intattribute": int, "doubleattribute": float, "measureattribute": float}
NO_ATTRIBUTES = ("boundedBy", "boundary", "appearance", "opening", "fillingSurface", "location")
HEIGHTS = ("measuredHeight", "height")


def attributes(feature, is_part) -> dict:
    """Name -> text or number of everything that is no geometry. `is_part(element)`: it is an object of its own."""
    out: dict = {}
    for child in feature:
        space, name = local_name(child)
        if not name or name in NO_ATTRIBUTES or (is_gml(space) and name not in ("name", "description")):
            continue
        if name.lower().endswith("attribute") or name == "genericAttributeSet":
            _generic(child, out)
        elif len(child):
            _nested(child, name, out, is_part)
        elif child.text and child.text.strip():
            _put(out, name, _value(name, child))
    return out


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


def _nested(element, name: str, out: dict, is_part) -> None:
    """Leaves of a data type (an address, a height, an extension's details), by their own names."""
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
            key = f"{name}.{own}" if own in ("name", "value", "uri") else own
            if key not in out:
                out[key] = _value(own, leaf)
