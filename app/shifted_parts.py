"""A new layer of which a part lies aside as a Chinese web map shifts: said once with its count, never moved. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from twin.data import Mesh, Vectors
from twin.frame import is_geographic
from twin.layer import Layer
from twin.selection import Selection
from twin.shift_signs import PartShift, Shift, lines_shifted, part_shifted
from twin.text import language, tr
from twin.tile_tree import TileTree

KINDS = ("vectors", "zones", "city", "tiles")


@dataclass(frozen=True, eq=False)
class _Look:
    layer: Layer
    edits: object
    work: Future


class ShiftedParts:
    """`look` compares a layer that was read with those that were there, in a thread; `refresh` takes what it found.

    `tell(id, words, ways)` shows a notice about a layer, `check(id, system)` where it may lie.
    """

    def __init__(self, session, tell: Callable, check: Callable[[str, str], None]):
        self.session, self.tell, self.check = session, tell, check
        self._looks: list[_Look] = []

    @property
    def busy(self) -> bool:
        return bool(self._looks)

    def look(self, id: str) -> None:
        document = self.session.document
        held = [(layer, asset.payload) for layer in document.layers if layer.kind in KINDS
                and (asset := self.session.held(layer.id)) and asset.payload is not None]
        mine = next((payload for layer, payload in held if layer.id == id), None)
        if mine is not None and _only_lines(mine) and not _in_degrees(document.layer(id), mine):
            return                                           # somebody said, or the file did, that it is no web map's
        others = [(layer, payload) for layer, payload in held if layer.id != id]
        if mine is None or not others:
            return
        layer = document.layer(id)
        thread = ThreadPoolExecutor(1, thread_name_prefix="shifted parts")
        self._looks.append(_Look(layer, self.session.edits, thread.submit(_compared, mine, others, document.frame)))
        thread.shutdown(wait=False)

    def refresh(self) -> None:
        for look in [look for look in self._looks if look.work.done()]:
            self._looks.remove(look)
            layer = self.session.document.layer(look.layer.id)
            same = layer is not None and layer.source == look.layer.source       # else it is read otherwise since
            if look.edits is self.session.edits and same and (found := look.work.result()):
                self._say(layer, *found)

    def _say(self, layer: Layer, other: Layer, shift: PartShift | Shift) -> None:
        supposed = shift.system if isinstance(shift, Shift) else ""           # of a part the whole is not to be moved
        look = (tr("Look where it lies…"), lambda: self.check(layer.id, supposed))
        if isinstance(shift, Shift):
            words = tr("{now} of the lines of {name} lie on those of {other}; read as {system} it would be {then}: "
                       "they may be shifted by a web map.", now=f"{shift.now:.0%}", name=layer.title(language()),
                       other=other.title(language()), system=shift.system, then=f"{shift.then:.0%}")
            self.tell(layer.id, words, (look,))
            return
        items = tuple((layer.id, int(feature)) for feature in shift.features)

        def select() -> None:
            self.session.selection = Selection(items)
        words = tr("{n} of {all} features of {name} lie on those of {other} if they are read as {system}: they may "
                   "be shifted by a web map.", n=f"{len(items):,}", all=f"{shift.of:,}", name=layer.title(language()),
                   other=other.title(language()), system=shift.system)
        self.tell(layer.id, words, ((tr("Select them"), select), look))


def _compared(mine, others: list[tuple[Layer, object]], frame) -> tuple[Layer, PartShift | Shift] | None:
    """The layer against which most features are shifted; of lines the one that they would lie on most."""
    if _only_lines(mine):
        along = [(layer, shift) for layer, payload in others if isinstance(payload, Vectors) and (
            shift := lines_shifted(mine.line_points, mine.line_offsets,
                                   [(payload.line_points, payload.line_offsets)], frame))]
        return max(along, key=lambda one: one[1].then, default=None)
    middles = middles_of(mine)
    found = [(layer, shift) for layer, payload in others
             if (shift := part_shifted(middles, middles_of(payload), frame))]
    return max(found, key=lambda one: len(one[1].features), default=None)


def _only_lines(payload) -> bool:
    return isinstance(payload, Vectors) and len(payload.line_points) > 0 and not len(payload.fill_triangles) \
        and not len(payload.points)


def _in_degrees(layer: Layer, payload: Vectors) -> bool:
    """As its file says, and nobody else."""
    return not layer.source.crs and bool(payload.crs) and is_geographic(payload.crs)


def middles_of(payload) -> np.ndarray:
    """(features, 2) f8 local metres of their boxes, NaN = nowhere; none of layers of lines, which rarely end alike:
    these are compared along their way."""
    if isinstance(payload, TileTree) and payload.row_box is not None:
        return (payload.row_box[:, :2].astype(np.float64) + payload.row_box[:, 2:]) / 2
    if isinstance(payload, Vectors) and len(payload.fill_triangles):
        return _middles(payload.fill_points, payload.fill_feature, len(payload.anchor))
    if isinstance(payload, Vectors) and len(payload.points):
        return payload.anchor[:, :2].astype(np.float64)
    if isinstance(payload, Mesh) and payload.placement is None:
        return _middles(payload.points, payload.vertex_feature, payload.count)
    return np.zeros((0, 2))


def _middles(points: np.ndarray, feature: np.ndarray, count: int) -> np.ndarray:
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    for axis in (0, 1):
        np.minimum.at(low[:, axis], feature, points[:, axis])
        np.maximum.at(high[:, axis], feature, points[:, axis])
    return np.where(np.isfinite(low), (low + high) / 2, np.nan)
