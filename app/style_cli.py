"""`citytwin style`: how a layer of a project looks, read and changed without the window."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from pathlib import Path

from app.printing import print_json

COMMANDS = ("style",)


def add_commands(commands, shared) -> None:
    """The subcommand, for the parser of `app.cli`."""
    command = commands.add_parser(
        "style", parents=[shared], help="print or change how a layer of a project looks",
        description="Without --set and --rule the layer's fields are printed as they are.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--layer", required=True, metavar="NAME", help="by name or id")
    command.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", dest="fields",
                         help="for example color_by=use, steps=natural, tolerance_px=2 (may be repeated)")
    command.add_argument("--rule", action="append", default=[], metavar='"WHERE => #COLOR WORDS"', dest="rules",
                         help="colour by conditions, the first that holds; without one, what is left (repeated)")
    command.set_defaults(run=_style)


def _style(options) -> int:
    from app.discover import layer_types
    from app.edit_cli import any_layer
    from twin.project import load, save
    from twin.styling import ruled_by, style_of, with_value
    layer_types()
    project = load(options.project)
    document = project.document
    layer = any_layer(document, options.layer)
    asked = {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in options.fields)}
    for name, value in asked.items():
        layer = with_value(layer, name, value)
    if options.rules:
        layer = ruled_by(layer, options.rules)
    changed = replace(project, document=document.with_layer(layer))
    columns = [(f.name, value) for f in fields(layer) if f.metadata.get("role") == "column" and f.name in asked
               and (value := getattr(layer, f.name)) and layer.kind != "building"]         # a model has properties too
    if options.rules or columns:
        _try(changed, layer, columns)
    if options.fields or options.rules:
        save(changed, options.project)
    said = style_of(layer)
    if options.json:
        print_json({"layer": layer.id, "kind": layer.kind, **said})
    else:
        print("\n".join((f"{layer.id}  {layer.kind}", *(f"  {name} = {_word(v)}" for name, v in said.items()))))
    return 0


def _try(project, layer, columns: list[tuple[str, str]]) -> None:
    """Raise Trouble where a rule or one of `columns` (field, its value) asks for what the layer's table does not have;
    where nobody can tell, say so."""
    from app.session import Session
    from twin.ruling import joined
    from twin.styling import rule_text
    from twin.text import sentences, tr
    from twin.trouble import Trouble
    session = Session(project)
    try:
        session.settle(only=(layer.id, getattr(layer, "joined", "")))
        found, asset = session.rulings.now.get(layer.id), session.asset(layer.id)
        tables = [_features(session, id) for id in (layer.id, getattr(layer, "joined", ""))]
    finally:
        session.close()
    if tables[0] is None:
        print(sentences(tr("This could not be tried: the layer has no table of attributes"),
                        str(asset.error) if asset and asset.error else ""), file=sys.stderr)
        return
    for rule, error in zip(layer.rules, found.errors if found else ()):
        if error:
            raise Trouble(tr("This rule cannot be understood: {rule}", rule=rule_text(rule)), cause=error,
                          way_out=tr("Nothing was changed."))
    known = joined(*tables).column_names
    for name, value in columns:
        if value not in known:
            raise Trouble(tr("{name} does not take this value: {text}", name=name, text=value),
                          cause=tr("Columns: {names}.", names=", ".join(known[:20])),
                          way_out=tr("Nothing was changed."))


def _features(session, id: str):
    asset = session.asset(id) if id else None
    return asset.payload.features if asset and asset.payload is not None else None


def _word(value) -> str:
    return "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
