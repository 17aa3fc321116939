"""Groups of datastreams: the zones on the map, or what they belong to (a building, a room, a kind).

Membership is settled once, as pairs of indices; every number of every moment is made from the same pairs, so that a
district and its rooms are judged by the same members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.data import Vectors

NAMES = ("name", "NAME", "Name", "名称", "label", "id")


@dataclass(frozen=True)
class Group:
    """`layer`, `feature`: the polygon it comes from; "" and -1 where it comes from a column."""

    id: str
    name: str
    name_zh: str = ""
    kind: str = "zone"
    layer: str = ""
    feature: int = -1

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" and self.name_zh else self.name

    def called(self, name: str) -> bool:
        return name.casefold() in (self.id.casefold(), self.name.casefold(), self.name_zh.casefold())


@dataclass(frozen=True, eq=False)
class Groups:
    """`rows[k]` belongs to group `of[k]`; sorted by group, then row. A row may belong to several."""

    groups: tuple[Group, ...]
    of: np.ndarray                   # (k,) i4
    rows: np.ndarray                 # (k,) i4

    def rows_of(self, group: int) -> np.ndarray:
        first, last = np.searchsorted(self.of, [group, group + 1])
        return self.rows[first:last]

    def between(self, first: int, last: int) -> Groups:
        """Of the rows [first, last) alone, counted from there."""
        mine = (self.rows >= first) & (self.rows < last)
        return Groups(self.groups, self.of[mine], self.rows[mine] - np.int32(first))

    def kin(self, count: int) -> Generator[None, None, np.ndarray]:
        """(count,) i8: rows that belong to the same groups, and only these, have the same number. Gives way often."""
        by_row = np.argsort(self.rows, kind="stable")                             # its groups ascend in every row
        yield
        of, first = self.of[by_row], np.searchsorted(self.rows[by_row], np.arange(count + 1))
        out, often = np.zeros(count, np.int64), np.diff(first)
        for k in range(often.max(initial=0)):
            yield
            more = np.flatnonzero(often > k)
            out[more] = 1 + out.max() + np.unique(out[more] * len(self.groups) + of[first[more] + k],
                                                  return_inverse=True)[1]
        return out

    def index(self, name: str) -> int:
        """Of the group with this id, else of that name; -1 = there is none."""
        exact = [k for k, g in enumerate(self.groups) if g.id == name]
        return next(iter(exact or [k for k, g in enumerate(self.groups) if g.called(name)]), -1)


def sorted_groups(groups: tuple[Group, ...], of: np.ndarray, rows: np.ndarray) -> Groups:
    order = np.lexsort((rows, of))
    return Groups(groups, of[order].astype(np.int32), rows[order].astype(np.int32))


def together(first: Groups, second: Groups) -> Groups:
    """Both, the second's groups after the first's."""
    shift = len(first.groups)
    return Groups(first.groups + second.groups, np.concatenate([first.of, second.of + np.int32(shift)]),
                  np.concatenate([first.rows, second.rows]))


# -- by polygon ---------------------------------------------------------------------------------------------


def polygons_of(layer: str, kind: str, data: Vectors) -> list[tuple[Group, list[np.ndarray]]]:
    """Every polygon of a layer as a group with its rings (n, 2) f8 (holes are rings too)."""
    filled = np.unique(data.fill_feature) if len(data.fill_feature) else np.zeros(0, np.int32)
    offsets, feature = np.asarray(data.line_offsets), np.asarray(data.line_feature)
    out = []
    for f in filled.tolist():
        rings = [np.asarray(data.line_points[offsets[i]:offsets[i + 1], :2], np.float64)
                 for i in np.flatnonzero(feature == f)]
        out.append((_group(layer, kind, data.features, f), [r for r in rings if len(r) > 2]))
    return out


def _group(layer: str, kind: str, features, row: int) -> Group:
    def cell(names: tuple[str, ...]) -> str:
        columns = [n for n in names if features is not None and n in features.column_names]
        return next((str(v) for n in columns if (v := features.column(n)[row].as_py()) not in (None, "")), "")

    name = cell(("name_en", *NAMES)) or f"{layer} {row + 1}"
    return Group(id=cell(("id",)) or f"{layer}/{row}", name=name, name_zh=cell(("name_zh", "名称")),
                 kind=cell(("kind",)) or kind, layer=layer, feature=row)


def members(polygons: list[tuple[Group, list[np.ndarray]]], xy: np.ndarray) -> Generator[None, None, Groups]:
    """Which points lie in which polygon. Gives way after each polygon; returns the groups."""
    order = np.argsort(xy[:, 0], kind="stable")
    order = order[:int(np.isfinite(xy[:, 0]).sum())]            # NaN sorts last: sensors without a place
    sorted_x = xy[order, 0]
    of, rows = [], []
    for number, (_, rings) in enumerate(polygons):
        inside = _inside(rings, xy, order, sorted_x)
        of.append(np.full(len(inside), number, np.int32))
        rows.append(inside)
        yield
    groups = _unique(tuple(g for g, _ in polygons))
    return sorted_groups(groups, np.concatenate([np.zeros(0, np.int32), *of]),
                         np.concatenate([np.zeros(0, np.int32), *rows]))


def members_at_once(polygons: Sequence[tuple[Group, list[np.ndarray]]], xy: np.ndarray) -> Groups:
    """The same without giving way: for threads."""
    work = members(list(polygons), xy)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def _unique(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Two polygons of one id are told apart by their layer."""
    ids = [g.id for g in groups]
    twice = {id for id, n in Counter(ids).items() if n > 1}
    return tuple(replace(g, id=f"{g.layer}/{g.id}/{g.feature}") if g.id in twice else g for g in groups)


def _inside(rings: list[np.ndarray], xy: np.ndarray, order: np.ndarray, sorted_x: np.ndarray) -> np.ndarray:
    """Rows of points inside by the even-odd rule."""
    if not rings:
        return np.zeros(0, np.int32)
    corners = np.concatenate(rings)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    near = order[np.searchsorted(sorted_x, x0):np.searchsorted(sorted_x, x1, side="right")]
    near = near[(xy[near, 1] >= y0) & (xy[near, 1] <= y1)]
    return np.sort(near[contains(rings, xy[near])]).astype(np.int32)


def contains(rings: list[np.ndarray], xy: np.ndarray) -> np.ndarray:
    """(n,) bool by the even-odd rule."""
    odd = np.zeros(len(xy), bool)
    x, y = xy[:, 0], xy[:, 1]
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0)):
            if ay == by:
                continue
            crossing = (ay > y) != (by > y)
            odd[crossing] ^= x[crossing] < (bx - ax) * (y[crossing] - ay) / (by - ay) + ax
    return odd


# -- by column ----------------------------------------------------------------------------------------------


def by_words(words: list[str], codes: np.ndarray, kind: str, name_of: Callable[[int], str]) -> Groups:
    """A group for every text of a column; rows without one belong to none. `name_of` a row, "" = as in the column."""
    wanted = [n for n, word in enumerate(words) if word]
    place = np.full(len(words) + 1, -1, np.int32)
    place[wanted] = np.arange(len(wanted))
    of = place[codes]
    rows = np.flatnonzero(of >= 0)
    first = dict(zip(of[rows][::-1].tolist(), rows[::-1].tolist()))
    groups = tuple(Group(words[n], (name_of(first[k]) if k in first else "") or words[n], kind=kind)
                   for k, n in enumerate(wanted))
    return sorted_groups(groups, of[rows], rows)
