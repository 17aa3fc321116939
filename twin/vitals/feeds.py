"""What feeds a sign: which datastreams, in which unit, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.frame import Frame
from twin.vitals.catalogue import Catalogue, Limit, Sign
from twin.vitals.groups import Groups
from twin.vitals.pool import Pool

PLAIN = str.maketrans({"μ": "u", "µ": "u", "³": "3", "²": "2", "·": ".", " ": None})
SAME = {"cel": "°c", "℃": "°c", "degc": "°c", "db": "db(a)", "dba": "db(a)", "%/m": "%obs/m", "1": "-", "": "-"}
YES = "0/1"                           # the unit of a share's readings
FACTORS = {("mg/m3", "ug/m3"): 1e3, ("ug/m3", "mg/m3"): 1e-3, ("m", "cm"): 100.0, ("mm", "cm"): 0.1, ("cm", "m"): 0.01,
           ("mm", "m"): 1e-3, ("cm", "mm"): 10.0, ("m", "mm"): 1e3, ("m/s", "km/h"): 3.6, ("km/h", "m/s"): 1 / 3.6,
           ("kpa", "mpa"): 1e-3, ("s", "min"): 1 / 60, ("min", "s"): 60.0, ("s", "ms"): 1e3, ("ms", "s"): 1e-3,
           ("km", "m"): 1e3, ("a", "ma"): 1e3, ("-", "%"): 100.0, ("%", YES): 0.01}


@dataclass(eq=False, kw_only=True)
class Feed:
    """The members of one sign. A member is a datastream, or a station or room that several belong to.

    `rows` (k,): datastreams in the pool; `member` (k,): whose each is, None = its own. `heads` (m,): the row that
    stands for a member. `scale`, `offset` (k,): to the sign's unit, None = it is. `weights` (m,) f8 or None.
    `parts`: feeds of what a station's index is made of, with the rows of each member (-1 = it lacks it).
    `entries` are members sorted by group; those of group `groups[i]` begin at `starts[i]`, `counts[i]` of them.
    """

    sign: Sign
    rows: np.ndarray
    heads: np.ndarray
    member: np.ndarray | None = None
    scale: np.ndarray | None = None
    offset: np.ndarray | None = None
    weights: np.ndarray | None = None
    parts: tuple[tuple[Sign, Limit, np.ndarray], ...] = ()
    unknown_units: tuple[str, ...] = ()
    entries: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    starts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    counts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    groups: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))

    def settle(self, groups: Groups, pool_size: int) -> None:
        """Which members each group has, as one array."""
        place = np.full(pool_size, -1, np.int32)
        place[self.heads] = np.arange(len(self.heads), dtype=np.int32)
        entries = place[groups.rows]
        mine = entries >= 0
        self.entries, of = entries[mine].astype(np.intp), groups.of[mine]        # as numpy wants it for a look-up
        new = np.ones(len(of), bool)
        new[1:] = of[1:] != of[:-1]
        self.starts = np.flatnonzero(new)
        self.groups = of[self.starts]
        self.counts = np.diff(np.append(self.starts, len(of)))

    @property
    def as_read(self) -> bool:
        """Whether the values of its members are just what the newest readings say."""
        made = self.parts or self.sign.window or self.member is not None
        return not made and self.scale is None and self.offset is None

    def members_in(self, group: int) -> np.ndarray:
        """Positions of a group's members."""
        at = int(np.searchsorted(self.groups, group))
        if at >= len(self.groups) or self.groups[at] != group:
            return np.zeros(0, np.int32)
        return self.entries[self.starts[at]:self.starts[at] + self.counts[at]]

    def rows_of(self, member: int) -> np.ndarray:
        """The datastreams of a member."""
        if self.parts:
            rows = np.array([slots[member] for _, _, slots in self.parts])
            return rows[rows >= 0]
        return self.rows[member:member + 1] if self.member is None else self.rows[self.member == member]


def feed_of(sign: Sign, names: Catalogue, pool: Pool, frame: Frame) -> Feed | None:
    """None where no datastream feeds the sign."""
    if sign.parts:
        return _of_parts(sign, names, pool)
    rows = np.arange(len(pool)) if sign.how == "online" else _rows(sign, pool)
    if not len(rows):
        return None
    scale, offset, unknown = (None, None, ()) if sign.how == "online" else _units(sign, pool, rows, frame, names)
    member, heads = None, rows
    if sign.room_mean:
        member, heads = _rooms(pool, rows)
    weights = None
    if sign.how in ("weighted", "harmonic"):
        known = pool.numbers("weight")[heads]
        weights = np.where(np.isfinite(known) & (known > 0), known, 1.0)
    return Feed(sign=sign, rows=rows, heads=heads, member=member, scale=scale, offset=offset, weights=weights,
                unknown_units=unknown)


def _rows(sign: Sign, pool: Pool) -> np.ndarray:
    wanted = {p.casefold() for p in sign.properties}
    words, codes = pool.texts("property")
    fits = np.array([w.casefold() in wanted for w in words])[codes]
    if sign.select and fits.any():
        words, codes = pool.texts(sign.select.column)
        fits &= np.array([w == sign.select.value or (not w and sign.select.unstated) for w in words])[codes]
    return np.flatnonzero(fits)


def _rooms(pool: Pool, rows: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """Datastreams of one room are one member; those without a room each their own."""
    words, codes = pool.texts("room_guid")
    if len(words) < 2:
        words, codes = pool.texts("room")
    key = np.where(codes[rows] > 0, codes[rows], len(words) + np.arange(len(rows)))
    distinct, first, member = np.unique(key, return_index=True, return_inverse=True)
    return (None, rows) if len(distinct) == len(rows) else (member.astype(np.int32), rows[first])


def _of_parts(sign: Sign, names: Catalogue, pool: Pool) -> Feed | None:
    """Stations (things) that observe any of the parts."""
    words, things = pool.texts("thing")
    found = [(names.sign(id), names.limit(sign.standard, item), _rows(names.sign(id), pool)) for id, item in sign.parts]
    rows = np.concatenate([rows for _, _, rows in found])
    if not len(rows):
        return None
    key = np.where(things[rows] > 0, things[rows], len(words) + rows)
    stations, first = np.unique(key, return_index=True)
    parts = []
    for part, limit, mine in found:
        slots = np.full(len(stations), -1, np.int64)
        slots[np.searchsorted(stations, np.where(things[mine] > 0, things[mine], len(words) + mine))] = mine
        parts.append((part, limit, slots))
    return Feed(sign=sign, rows=np.unique(rows), heads=rows[first], parts=tuple(parts))


# -- units ----------------------------------------------------------------------------------------------------


def plain_unit(unit: str) -> str:
    plain = unit.strip().translate(PLAIN).lower()
    return SAME.get(plain, plain)


def reading_unit(sign: Sign) -> str:
    """What a reading must be in: a sum of rain is made of mm/h, a rate of cm."""
    if sign.window and sign.window.kind in ("sum", "warning"):
        return "mm/h"
    if sign.how == "share":
        return YES                             # 0 or 1; per cent are a share already
    return {"rate": sign.unit.partition("/")[0], "own_rank": ""}.get(sign.window.kind if sign.window else "", sign.unit)


def _units(sign: Sign, pool: Pool, rows: np.ndarray, frame: Frame, names: Catalogue):
    """(scale, offset, units that nobody could convert)."""
    words, codes = pool.texts("unit")
    ours = plain_unit(reading_unit(sign))
    used = np.unique(codes[rows])
    factor, unknown = np.ones(len(words)), []
    for code in used.tolist():
        theirs = plain_unit(words[code])
        if theirs in (ours, "-") or ours == "-" or (sign.window and sign.window.kind == "own_rank"):
            continue
        if (theirs, ours) in FACTORS:
            factor[code] = FACTORS[theirs, ours]
        else:
            unknown.append(words[code])
    scale = factor[codes[rows]].astype(np.float32)
    offset = _offset(sign, pool, rows, frame, names)
    return (None if (scale == 1).all() else scale), offset, tuple(unknown)


def _offset(sign: Sign, pool: Pool, rows: np.ndarray, frame: Frame, names: Catalogue) -> np.ndarray | None:
    if sign.over_night_limit:
        words, codes = pool.texts("noise_class")
        limits = [names.sign(f"noise.leq_{w or '4a'}") or names.sign("noise.leq_4a") for w in words]
        return -np.array([x.night[0] for x in limits], np.float32)[codes[rows]]
    if not sign.datum:
        return None
    words, codes = pool.texts("height_datum")
    shift = [_to_1985(w or frame.height_datum, frame) - _to_1985(sign.datum, frame) for w in words]
    offset = np.array(shift, np.float32)[codes[rows]]
    names, named = pool.texts("property")                  # one that is called as the sign is in the sign's own datum
    own = np.array([name == sign.id for name in names])[named[rows]] & (codes[rows] == words.index(""))
    offset[own] = 0.0
    return offset if offset.any() else None


def _to_1985(datum: str, frame: Frame) -> float:
    return frame.wusong_to_1985_m if datum == "wusong" else 0.0
