"""Traces that lie beside the roads as a Chinese web map would put them: asked about once, never moved by itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from twin.data import Tracks, Vectors
from twin.frame import is_geographic
from twin.shift_signs import Shift, shift_of
from twin.text import tr

LEAST_LINES = 10                                 # fewer are no network of roads


class ShiftQuestion:
    """Refreshed by the tick. `tell(words, tone, ways)` shows a notice, `check(id, system)` where a layer may lie.

    The answer is the CRS of the layer's source: it is saved, and nobody is asked again.
    """

    def __init__(self, session, tell: Callable, check: Callable[[str, str], None]):
        self.session, self.tell, self.check = session, tell, check
        self._seen: tuple = ()
        self._asked: set = set()
        self._looking: tuple[str, object, Future] | None = None
        self._thread: ThreadPoolExecutor | None = None

    def refresh(self) -> None:
        if self._looking:
            self._take()
            return
        seen = (self.session.document, self.session.assets.revision)
        if self._seen and self._seen[0] is seen[0] and self._seen[1] == seen[1]:
            return
        if self.session.assets.loading:
            return                                           # the roads may still come
        found = next((one for one in self._traces() if self._key(one[0]) not in self._asked), None)
        lines = self._lines() if found else []
        if not found or not lines:
            self._seen = seen
            return
        layer, payload = found
        self._asked.add(self._key(layer))
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="shift")
        history, frame = payload.history, self.session.document.frame
        self._looking = (layer.id, self.session.edits,
                         self._thread.submit(lambda: shift_of(history.positions, lines, frame)))

    def _key(self, layer) -> tuple:
        return layer.id, layer.source

    def _traces(self):
        """Vehicles in degrees whose system nobody chose."""
        for layer in self.session.document.layers:
            if layer.kind == "vehicles" and layer.source and not layer.source.crs and not layer.synthetic:
                asset = self.session.held(layer.id)
                payload = asset.payload if asset else None
                if isinstance(payload, Tracks) and payload.history is not None and not payload.history.scheduled \
                        and payload.crs and is_geographic(payload.crs):
                    yield layer, payload

    def _lines(self) -> list:
        held = [asset.payload for layer in self.session.document.layers if layer.kind == "vectors"
                and (asset := self.session.held(layer.id)) and isinstance(asset.payload, Vectors)]
        return [(payload.line_points, payload.line_offsets) for payload in held
                if len(payload.line_offsets) > LEAST_LINES and not len(payload.fill_triangles)]

    def _take(self) -> None:
        id, edits, future = self._looking
        if not future.done():
            return
        self._looking = None
        layer = self.session.document.layer(id)
        if edits is self.session.edits and layer is not None and (shift := future.result()):
            self._ask(layer, shift)

    def _ask(self, layer, shift: Shift) -> None:
        words = tr("{name}: {now} of its fixes lie on roads; read as {system} it would be {then}. Do they come from a "
                   "Chinese web map?", name=layer.name, system=shift.system, now=f"{shift.now:.0%}",
                   then=f"{shift.then:.0%}")
        self.tell(words, "warning", (
            (tr("Read as {system}", system=shift.system), lambda: self._answer(layer.id, shift.system)),
            (tr("Leave them as they are"), lambda: self._answer(layer.id, "EPSG:4326")),
            (tr("Look where it lies…"), lambda: self.check(layer.id, shift.system))))

    def _answer(self, id: str, crs: str) -> None:
        layer = self.session.document.layer(id)
        if layer is not None and layer.source is not None:
            changed = replace(layer, source=replace(layer.source, crs=crs))
            self.session.edits.commit(self.session.document.with_layer(changed), "Coordinates")
            self.session.edits.seal()
