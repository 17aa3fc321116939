"""A model goes on with a new issue of its file: what differs, and its layers as they were arranged, over the new file.

No Qt: the window and the command line do the same.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from layers.arrangement import SHOWN, Paint, Rule, isolated
from layers.building import Building
from twin.document import Document
from twin.layer import new_id
from twin.text import tr

# of bim.diff, as the legend says, each in a colour of its own
CHANGES = {"added": "Added", "changed": "Changed", "renamed": "New GlobalId", "removed": "Removed"}
COLORS = {"added": "#5c940d", "changed": "#e8590c", "renamed": "#7048e8", "removed": "#c92a2a"}


def guids_of(table: Any, change: str) -> tuple[str, ...]:
    """The elements of one kind of change; `table` is that of bim.diff."""
    return tuple(row["guid"] for row in table.to_pylist() if row["change"] == change)


def change_paints(table: Any) -> tuple[Paint, ...]:
    """One for each kind of change; what was removed has no shape in the new issue."""
    return tuple(Paint(label=tr(CHANGES[kind]), color=COLORS[kind], by="guid", values=guids)
                 for kind in CHANGES if kind != "removed" and (guids := guids_of(table, kind)))


def repainted(layer: Building, paints: tuple[Paint, ...]) -> Building:
    """Paints of an earlier comparison give way; those of the user stay beneath."""
    said = {tr(words) for words in CHANGES.values()}
    return replace(layer, painted=(*(old for old in layer.painted if old.label not in said), *paints))


def updated(document: Document, id: str, path: Path, table: Any) -> Document:
    """Every layer of the same file reads `path`; what was said of elements by a GlobalId that changed follows them."""
    was = document.layer(id).source.path
    renamed = {row["what"]: row["guid"] for row in table.to_pylist() if row["change"] == "renamed"}
    ids = [x.id for x in document.layers if isinstance(x, Building) and x.source and x.source.path == was]
    now = document.with_each(ids, lambda x: _followed(replace(x, source=replace(x.source, path=str(path))), renamed))
    return now.with_layer(repainted(now.layer(id), change_paints(table)))


def with_removed(document: Document, id: str, older: str, table: Any) -> Document:
    """With a layer of the older issue, of which nothing shows but what the new one has no more. What is the same in
    both becomes a ghost: most of what goes stood behind walls.
    """
    layer = document.layer(id)
    rule, paint = (kind(by="guid", values=guids_of(table, "removed"), **said) for kind, said in (
        (Rule, {"show": SHOWN}), (Paint, {"label": tr(CHANGES["removed"]), "color": COLORS["removed"]})))
    old = replace(layer, id=new_id("building"), name=tr("{name}, removed", name=layer.name),
                  name_zh="", source=replace(layer.source, path=older), color_by="style", storey="", spaces=False,
                  schedule=None, room_colors=None, bygone=True, arranged=isolated((rule,)), painted=(paint,))
    differs = tuple(Rule(show=SHOWN, by="guid", values=guids) for kind in CHANGES if (guids := guids_of(table, kind)))
    seen_through = replace(layer, arranged=(*isolated(differs, ghosts=True), *layer.arranged))
    return replace(document, layers=(old, *document.with_layer(seen_through).layers))


def _followed(layer: Building, renamed: dict[str, str]) -> Building:
    """Its rules, paints and tasks, by the new GlobalIds."""
    if not renamed:
        return layer

    def now(guids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(renamed.get(guid, guid) for guid in guids)

    def said(rules):
        return tuple(replace(r, values=now(r.values)) if r.by == "guid" else r for r in rules)
    schedule = layer.schedule and replace(layer.schedule, rules=tuple(
        replace(rule, guids=now(rule.guids)) for rule in layer.schedule.rules))
    return replace(layer, arranged=said(layer.arranged), painted=said(layer.painted), schedule=schedule)
