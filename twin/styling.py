"""How a layer looks, told in texts: its styled fields by name, and colour rules on one line each."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import get_type_hints

from twin.layer import Layer
from twin.ruling import ColorRule
from twin.text import tr
from twin.trouble import Trouble

RULE = re.compile(r"^(?P<where>.*?)\s*=>\s*(?P<color>#[0-9a-fA-F]{6})(?:\s+(?P<label>.*))?$", re.DOTALL)


def style_of(layer: Layer) -> dict:
    """Every field that the style form shows, and the rules."""
    said = {f.name: getattr(layer, f.name) for f in fields(layer) if f.metadata.get("label")}
    rules = getattr(layer, "rules", None)
    return said if rules is None else said | {"rules": [rule_text(rule) for rule in rules]}


def with_value(layer: Layer, name: str, text: str) -> Layer:
    """With a styled field set from a text ("" = nothing, where the field allows it). Raises Trouble for another name
    and for a value that the field does not take."""
    import pydantic
    known = style_of(layer)
    if name not in known or name == "rules":
        raise Trouble(tr("This layer has no field {name}.", name=name),
                      way_out=tr("Fields: {known}.", known=", ".join(known)))
    hint = get_type_hints(type(layer), include_extras=True)[name]
    value = None if text == "" and getattr(layer, name) is not None and _may_be_none(hint) else text
    try:
        return replace(layer, **{name: pydantic.TypeAdapter(hint).validate_python(value)})
    except pydantic.ValidationError as error:
        raise Trouble(tr("{name} does not take this value: {text}", name=name, text=text),
                      cause="; ".join(e["msg"] for e in error.errors()[:3])) from None


def _may_be_none(hint) -> bool:
    return type(None) in getattr(hint, "__args__", ())


def ruled_by(layer: Layer, texts: list[str]) -> Layer:
    """Coloured by these rules, in this order. Raises Trouble where one cannot be understood, or the layer has none."""
    if not hasattr(layer, "rules"):
        raise Trouble(tr("A layer of this kind has no colour rules."))
    return replace(layer, ruled=True, rules=tuple(rule_of(text) for text in texts))


def rule_of(text: str) -> ColorRule:
    found = RULE.match(text.strip())
    if found is None:
        raise Trouble(tr("This is no colour rule: {text}", text=text),
                      way_out=tr("It should look like {example}.", example="height > 50 => #cc6677 Tall"))
    return ColorRule(where=found["where"], color=found["color"], label=(found["label"] or "").strip())


def rule_text(rule: ColorRule) -> str:
    return f"{rule.where} => {rule.color} {rule.label}".strip()
