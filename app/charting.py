"""What the charts show: which sensors, read in a thread; their histogram and thresholds. No Qt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from app.charted import Line, Reading, first_look, whole
from app.panels import facts
from app.platoons import gaps_beside, platoon_payload
from app.session import Session
from app.sign_bands import bands_of, sign_of, words_of
from app.stores import store_of
from layers.sensor_values import listed_rows
from twin.column_words import property_words
from twin.data import RasterSeries, Timed
from twin.selection import Selection
from twin.text import language
from twin.times import SECOND
from twin.units import shown

log = logging.getLogger("citytwin")
MOST_LINES = 100                          # that one chart draws; the others are counted
FEW = 8                                   # sensors of a layer that are charted as soon as the layer is chosen
Item = tuple[str, int]                    # layer id, row


class Charting:
    """The sensors that are charted: what is selected, or what was pinned. `lines` are there once all were looked at;
    of long series only some readings at first, and all of them soon after.

    `most`: so many lines, of those that were chosen last. `speaking(selection)`: what is charted of it (the sensors of
    a room instead of the room); None = itself.
    """

    def __init__(self, session: Session, most: int = MOST_LINES,
                 speaking: Callable[[Selection], Iterable[Item]] | None = None):
        self.session, self.most = session, most
        self.speaking = speaking or (lambda selection: selection.items)
        self._found: tuple[tuple, int, tuple[Item, ...]] = ((), -1, ())          # what the items were found for, items
        self.pinned: tuple[Item, ...] | None = None      # None = whatever is selected
        self.shift_ns, self.difference = 0, False
        self.lines: tuple[Line, ...] = ()
        self.left_out = 0
        self.revision = 0
        self._asked: Hashable = None
        self._reading: tuple[Reading, ...] = ()
        self._looked = False                             # the first look at `_reading` is in `lines`
        self._kept: dict[Hashable, Reading] = {}
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="charts")

    # -- what is charted -------------------------------------------------------------------------------

    def pin(self) -> None:
        """Keep what is charted, whatever is selected from now on; nothing cannot be kept."""
        if self.pinned is None:
            self.pinned = self.items() or None

    def unpin(self) -> None:
        self.pinned = None

    def add_selected(self) -> None:
        """Beside what is charted, what is selected."""
        self.pinned = tuple(dict.fromkeys((*self.items(), *self._items_of(self.session.selection)))) or None

    def remove(self, item: Item) -> None:
        self.pinned = tuple(x for x in self.items() if x != item)

    def items(self) -> tuple[Item, ...]:
        return self._items_of(self.session.selection) if self.pinned is None else self.pinned

    def _items_of(self, selection: Selection) -> tuple[Item, ...]:
        """Found once for each selection: it can be a hundred thousand houses, and this is asked for at every tick."""
        session = self.session
        of = selection, session.document, session.rooms.now, session.hosts.now, session.current_layer, session.about
        revision = session.assets.revision
        if revision != self._found[1] or len(of) != len(self._found[0]) \
                or any(a is not b for a, b in zip(of, self._found[0])):
            here = self._readable(self.speaking(selection))
            every = dict.fromkeys(more for item in here for more in (*gaps_beside(session, *item), item))
            self._found = of, revision, self._readable(every) or self._of_chosen_layer()
        return self._found[2]

    def _of_chosen_layer(self) -> tuple[Item, ...]:
        """Its sensors where they are few: those without a place cannot be clicked in the scene."""
        layer = self.session.current_layer
        payload = self._payload(layer) if layer and layer == self.session.about else None
        features = getattr(payload, "features", None)
        rows = listed_rows(self.session.document.layer(layer), payload) if features is not None else ()
        return self._readable(tuple((layer, int(row)) for row in rows)) if len(rows) <= FEW else ()

    def _readable(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """Those with a history. Layers are few, items may be many."""
        there: dict[str, bool] = {}
        for layer, _ in items:
            if layer not in there:
                there[layer] = self._payload(layer) is not None
        return tuple(item for item in items if item[1] >= 0 and there[item[0]])

    def _payload(self, layer: str) -> Timed | None:
        shown = self.session.document.layer(layer)
        if shown is not None and shown.kind == "roadside":
            return platoon_payload(self.session, shown)
        asset = self.session.asset(layer)
        payload = asset.payload if asset else None
        return payload if isinstance(payload, Timed) and payload.history is not None else None

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> bool:
        """Ask for what is not read yet, take what is ready. True when `lines` differ."""
        here = self.items() if self.pinned is None else self._readable(self.pinned)
        keys = tuple(self._key(item) for item in here[-self.most:])
        asked = (keys, language(), self.session.document.layers)
        if asked != self._asked:
            self._asked, self.left_out = asked, len(here) - len(keys)
            self._ask(here[-self.most:], keys)
        elif not self._is_news():
            return False
        else:
            self._take()
            return True
        if not keys and self.lines:
            self.lines, self._reading = (), ()
            self.revision += 1
            return True
        return False

    def _is_news(self) -> bool:
        """All is read; or all was looked at, and the rest takes a while."""
        if all(r.whole.done() for r in self._reading):
            return bool(self._reading)
        return not self._looked and all(r.first.done() for r in self._reading) and any(
            r.is_long for r in self._reading)

    def _take(self) -> None:
        done = all(r.whole.done() for r in self._reading)
        read = (line for line in (r.now for r in self._reading) if line is not None)
        self.lines = tuple(line for line in read if not self._leads(line))
        for failed in filter(None, (r.whole.exception() for r in self._reading if done)):
            log.error("a series could not be read: %s", failed)
        self._looked, self._reading = True, () if done else self._reading
        self.revision += 1

    def _leads(self, line: Line) -> bool:
        """A platoon's first vehicle: it has nobody to keep a gap to."""
        layer = self.session.document.layer(line.layer)
        return layer is not None and layer.kind == "roadside" and not np.isfinite(line.values).any()

    @property
    def busy(self) -> bool:
        return bool(self._reading)

    def bands_of(self, lines: list[Line]) -> tuple[tuple[tuple[int, float, float], ...], str]:
        """(bands, whose limits they are) of a plot: of its alarm rules, else of the one vital sign that all of its
        lines feed."""
        if limits := limits_of(lines, self.session.document):
            return limits, ""
        signs = {sign_of(line, self.session.document, self._cell) for line in lines}
        sign = signs.pop() if len(signs) == 1 else None
        return (bands_of(sign), words_of(sign)) if sign else ((), "")

    def _cell(self, line: Line, column: str) -> str:
        features = getattr(self._payload(line.layer), "features", None)
        if features is None or column not in features.column_names:
            return ""
        return str(features.column(column)[line.row].as_py() or "")

    @property
    def looked_at(self) -> tuple[tuple[int, int] | None, int]:
        """((readings drawn, readings there), lines) of what is being read; None before there is anything to draw."""
        looks = [look for look in (r.look for r in self._reading) if look is not None]
        if not self._looked or not looks:
            return None, len(self._reading)
        return (sum(len(look.line.instants) for look in looks), sum(len(look.instants) for look in looks)), len(looks)

    def _key(self, item: Item) -> Hashable:
        history = self._payload(item[0]).history
        return item, id(history), history.revision, self.shift_ns, self.difference and bool(self.shift_ns)

    def _ask(self, items: list[Item], keys: tuple) -> None:
        """What is read already is not read again; what nobody wants any more is not begun."""
        named = [self._named(*item) for item in items]
        wanted = {(key, line.name, line.unit, line.stale_secs): line for key, line in zip(keys, named)}
        before = {told[0][:3]: reading.look for told, reading in self._kept.items()}
        for told in [told for told in self._kept if told not in wanted]:
            self._kept.pop(told).cancel()
        firsts = {told: self.thread.submit(first_look, line, self._payload(line.layer).history, self.shift_ns,
                                           self.difference, before.get(told[0][:3]))
                  for told, line in wanted.items() if told not in self._kept}
        self._kept = {told: self._kept.get(told) or Reading(firsts[told], self.thread.submit(whole, firsts[told]))
                      for told in wanted}
        self._reading, self._looked = tuple(self._kept.values()), False

    def _named(self, layer: str, row: int) -> Line:
        payload = self._payload(layer)
        if isinstance(payload, RasterSeries):
            title = self.session.document.layer(layer).title(language())
            return Line(layer, row, "", f"{title} · {facts.cell_words(payload, row, self.session.document.frame)}", "",
                        shown(payload.unit), payload.history.step_ns, payload.history.step_ns / SECOND)
        features, history = payload.features, payload.history

        def cell(name: str) -> str:
            return str(features.column(name)[row].as_py() or "") if name in features.column_names else ""
        title = facts.title_of(features, row)            # "S1/pm25": said once, the end of a long name stays in sight
        words = [title.removesuffix("/" + cell("property")), property_words(cell("property"))]
        interval = int(history.interval_ns[row]) if len(history.interval_ns) > row else 0
        return Line(layer, row, cell("id"), " · ".join(dict.fromkeys(w for w in words if w)), cell("property"),
                    shown(cell("unit")), interval, facts.stale_secs_of(self.session.document.layer(layer)),
                    store=self._store_of(layer))

    def _store_of(self, layer: str) -> Path | None:
        source = self.session.document.layer(layer).source
        return store_of(source) if source else None

    def close(self) -> None:
        self.thread.shutdown(wait=False, cancel_futures=True)


# -- of all lines of a unit -----------------------------------------------------------------------------


def histogram(lines: tuple[Line, ...], view_ns: tuple[int, int], bins: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """(edges (bins + 1,), counts (lines, bins)) of the values of lines of one unit that lie in the view."""
    inside = [v[np.isfinite(v)] for v in (line.values[slice(*_within(line, view_ns))] for line in lines)]
    ends = [(v.min(), v.max()) for v in inside if len(v)]
    low, high = (min(e[0] for e in ends), max(e[1] for e in ends)) if ends else (0.0, 1.0)
    edges = np.linspace(float(low), float(high) if high > low else float(low) + 1.0, bins + 1)
    return edges, np.array([np.histogram(v, edges)[0] for v in inside]).reshape(len(lines), bins)


def histograms(groups: list[tuple[Line, ...]], view_ns: tuple[int, int]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [histogram(lines, view_ns) for lines in groups]


def _within(line: Line, view_ns: tuple[int, int]) -> tuple[int, int]:
    """First and one past the last reading in the view, both ends included."""
    return (int(np.searchsorted(line.instants, view_ns[0])),
            int(np.searchsorted(line.instants, view_ns[1], side="right")))


def limits_of(lines: list[Line], document) -> tuple[tuple[int, float, float], ...]:
    """(level, low, high): the stretches of value beyond the thresholds that rules set for what these lines say.

    A rule is about readings: it holds in every layer that shows the same ones, such as their water surface.
    """
    def source(id: str):
        layer = document.layer(id)
        return (getattr(layer, "source", None) or id) if layer is not None else id

    charted, out = {(source(line.layer), line.property) for line in lines if not line.difference}, []
    for rule in document.rules:
        if any(source(rule.layer) == of and rule.observed in ("", observed) for of, observed in charted):
            limits = rule.limits()
            ends = [limit for _, limit in limits[1:]] + [float("inf") if rule.direction == "above" else -float("inf")]
            out += [(level, *sorted((limit, end))) for (level, limit), end in zip(limits, ends)]
    return tuple(dict.fromkeys(out))
