"""The Document: what the user arranged, as one immutable value. Every edit makes a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated

from annotated_types import Ge, Le

from twin.bindings import Binding, HostBinding
from twin.camera import Camera
from twin.comparison import Comparison
from twin.feeds.feed import Feed
from twin.frame import Frame
from twin.incidents.rule import AlarmRule
from twin.layer import Group, Layer, new_id
from twin.scenario import Scenario
from twin.times import parse
from twin.value_words import ValueWord
from twin.vitals.choices import VitalChoices


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A named view: camera, instant, and which layers show. Missing parts leave the present state."""

    id: str
    name: str
    name_zh: str = ""
    camera: Camera | None = None
    time: str = ""                                # ISO 8601; "" = leave the clock
    visible: tuple[str, ...] | None = None        # ids of the visible layers and groups
    ground_opacity: Annotated[float, Ge(0.0), Le(1.0)] | None = None

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" and self.name_zh else self.name


@dataclass(frozen=True, kw_only=True)
class Bookmark:
    """A named instant of the time slider."""

    id: str
    name: str
    name_zh: str = ""
    time: str                                     # ISO 8601

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" and self.name_zh else self.name


@dataclass(frozen=True, kw_only=True)
class Document:
    """Siblings of one group are ordered as they stand in `layers`; what is higher in the list lies on top."""

    name: str = "Untitled"
    name_zh: str = ""
    frame: Frame = field(default_factory=Frame)
    time_zone: str = "Asia/Shanghai"              # of naive stamps, days and nights: it decides what numbers say
    clock_zone: str = ""                          # what times are shown in, and nothing else; "" = time_zone
    ground_opacity: float = 1.0                   # below 1 one sees what lies beneath (twin/below.py)
    layers: tuple[Layer, ...] = ()
    scenes: tuple[Scene, ...] = ()
    bindings: tuple[Binding, ...] = ()            # of sensors to rooms, as somebody assigned or kept them
    host_bindings: tuple[HostBinding, ...] = ()   # of sensors to IFC elements, likewise
    rules: tuple[AlarmRule, ...] = ()
    vitals: VitalChoices = VitalChoices()
    bookmarks: tuple[Bookmark, ...] = ()
    feeds: tuple[Feed, ...] = ()                  # of live readings (twin/feeds)
    scenarios: tuple[Scenario, ...] = ()
    comparison: Comparison = Comparison()
    words: tuple[ValueWord, ...] = ()             # what codes in the tables are called

    @property
    def shown_zone(self) -> str:
        return self.clock_zone or self.time_zone

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def layer(self, id: str) -> Layer | None:
        return self._by_id.get(id)

    @cached_property
    def _by_id(self) -> dict[str, Layer]:
        """Asked for every layer of every frame; a document never changes, so once is enough."""
        return {layer.id: layer for layer in reversed(self.layers)}

    def of_kind(self, kind: str) -> tuple[Layer, ...]:
        """In document order. Asked many times a second by all that only some kind of layers is for."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Layer, ...]]:
        found: dict[str, tuple[Layer, ...]] = {}
        for layer in self.layers:
            found[layer.kind] = (*found.get(layer.kind, ()), layer)
        return found

    @cached_property
    def tree(self) -> tuple[Layer, ...]:
        """All layers as the list shows them, from its upper end: each group before what lies in it."""
        inside: dict[str, list[Layer]] = {}
        for layer in self.layers:
            inside.setdefault(layer.group if self.layer(layer.group) else "", []).append(layer)
        out, waiting = [], inside.pop("", [])[::-1]
        while waiting:
            out.append(waiting.pop())
            waiting += inside.pop(out[-1].id, [])[::-1]
        return (*out, *(layer for rows in inside.values() for layer in rows))

    def children(self, group: str) -> tuple[Layer, ...]:
        return tuple(layer for layer in self.layers if layer.group == group)

    def ancestors(self, layer: Layer) -> Iterator[Layer]:
        seen = {layer.id}
        while layer.group and layer.group not in seen:
            seen.add(layer.group)
            layer = self.layer(layer.group)
            if layer is None:
                return
            yield layer

    def shown(self, layer: Layer) -> bool:
        """Visible itself and in nothing but visible groups."""
        return layer.visible and all(group.visible for group in self.ancestors(layer))

    def subtree(self, ids: Iterable[str]) -> tuple[str, ...]:
        """`ids` and everything inside the groups among them, in document order."""
        wanted = set(ids)
        return tuple(layer.id for layer in self.layers
                     if layer.id in wanted or any(a.id in wanted for a in self.ancestors(layer)))

    # -- edits: each returns a new document ---------------------------------------------------

    def with_layer(self, layer: Layer) -> Document:
        """Replace the layer of the same id, or lay it on top of all others."""
        if self.layer(layer.id) is None:
            return replace(self, layers=(layer, *self.layers))
        return replace(self, layers=tuple(layer if old.id == layer.id else old for old in self.layers))

    def with_each(self, ids: Iterable[str], change: Callable[[Layer], Layer]) -> Document:
        wanted = set(ids)
        return replace(self, layers=tuple(change(x) if x.id in wanted else x for x in self.layers))

    def without(self, ids: Iterable[str]) -> Document:
        """Remove layers; a removed group takes its members with it."""
        gone = set(self.subtree(ids))
        return replace(self, layers=tuple(x for x in self.layers if x.id not in gone))

    def moved(self, ids: Iterable[str], group: str, before: str = "") -> Document:
        """Move layers into `group`, before the sibling `before` ("" = to the end).

        A group is never moved into itself: such ids stay where they are. What lies in a moved group
        comes along inside it.
        """
        inside = {group, *(a.id for a in self.ancestors(self.layer(group)))} if self.layer(group) else set()
        chosen = set(ids)
        moving = [x for x in self.layers if x.id in chosen and x.id not in inside
                  and not any(a.id in chosen for a in self.ancestors(x))]
        names = {x.id for x in moving}
        rest = [x for x in self.layers if x.id not in names]
        at = next((i for i, x in enumerate(rest) if x.id == before), len(rest))
        placed = [replace(x, group=group) for x in moving]
        return replace(self, layers=tuple(rest[:at] + placed + rest[at:]))

    def duplicated(self, ids: Iterable[str], suffix: str = " copy") -> Document:
        """Copy layers (and the members of groups) right after their originals, with new ids."""
        every = self.subtree(ids)
        fresh = {old: new_id(self.layer(old).kind) for old in every}
        top = set(ids)
        layers: list[Layer] = []
        for layer in self.layers:
            layers.append(layer)
            if layer.id in fresh:
                name = layer.name + suffix if layer.id in top else layer.name
                name_zh = layer.name_zh + suffix if layer.name_zh and layer.id in top else layer.name_zh
                layers.append(replace(layer, id=fresh[layer.id], name=name, name_zh=name_zh,
                                      group=fresh.get(layer.group, layer.group)))
        return replace(self, layers=tuple(layers))

    def grouped(self, ids: Iterable[str], name: str) -> tuple[Document, str]:
        """Put layers into a new group that takes the place of the first; returns the group's id."""
        chosen = set(ids)
        ids = [x.id for x in self.layers if x.id in chosen and not any(a.id in chosen for a in self.ancestors(x))]
        first = self.layer(ids[0]) if ids else None
        group = Group(id=new_id("group"), name=name, group=first.group if first else "")
        at = self.layers.index(first) if first else len(self.layers)
        doc = replace(self, layers=(*self.layers[:at], group, *self.layers[at:]))
        return doc.moved(ids, group.id), group.id

    def with_rule(self, rule: AlarmRule) -> Document:
        """Replace the alarm rule of the same id, or append it."""
        if any(old.id == rule.id for old in self.rules):
            return replace(self, rules=tuple(rule if old.id == rule.id else old for old in self.rules))
        return replace(self, rules=(*self.rules, rule))

    def without_rule(self, id: str) -> Document:
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id != id))

    def with_scene(self, scene: Scene) -> Document:
        """Replace the scene of the same id, or append it."""
        if any(old.id == scene.id for old in self.scenes):
            return replace(self, scenes=tuple(scene if old.id == scene.id else old for old in self.scenes))
        return replace(self, scenes=(*self.scenes, scene))

    def without_scene(self, id: str) -> Document:
        return replace(self, scenes=tuple(scene for scene in self.scenes if scene.id != id))

    def with_bookmark(self, bookmark: Bookmark) -> Document:
        """Replace the bookmark of the same id, or add it; they stand in the order of time."""
        others = [b for b in self.bookmarks if b.id != bookmark.id]
        ordered = sorted([*others, bookmark], key=lambda b: parse(b.time, self.time_zone))
        return replace(self, bookmarks=tuple(ordered))

    def without_bookmark(self, id: str) -> Document:
        return replace(self, bookmarks=tuple(b for b in self.bookmarks if b.id != id))

    def at_scene(self, scene: Scene) -> Document:
        """The document with the scene's choice of visible layers, and its look through the ground."""
        document = self if scene.ground_opacity is None else replace(self, ground_opacity=scene.ground_opacity)
        if scene.visible is None:
            return document
        shown = set(scene.visible)
        return replace(document, layers=tuple(replace(x, visible=x.id in shown) for x in self.layers))


def changed(new: Document, old: Document | None) -> set[str]:
    """Ids of layers that were added, removed or differ (identity first: edits share what they keep)."""
    before = {x.id: x for x in old.layers} if old else {}
    after = {x.id: x for x in new.layers}
    return {id for id in before.keys() | after.keys()
            if before.get(id) is not after.get(id) and before.get(id) != after.get(id)}


def moved(new: Document, old: Document) -> frozenset[str]:
    """Ids of the fewest layers that were put elsewhere among the same layers."""
    from difflib import SequenceMatcher
    now, before = [x.id for x in new.layers], [x.id for x in old.layers]
    if now == before or sorted(now) != sorted(before):
        return frozenset()
    parts = SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks()
    kept = {id for part in parts for id in before[part.a:part.a + part.size]}
    return frozenset(before) - kept
