"""The vital signs of an open project: its sensors and zones as a board, prepared in small pieces between frames.

Nothing is computed as long as nobody asks (`wanted`). What needs more than an instant (who belongs to which zone, the
means of an hour) is a generator that gives way often; `tick` advances it for a few milliseconds per frame.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.building_groups import city_layers
from app.once import Once
from app.slices import Slices
from app.vital_groups import groups_of, zone_layers
from twin import times
from twin.assets import LOADING
from twin.data import Sensors
from twin.document import Document
from twin.vitals.board import Board, State
from twin.vitals.catalogue import Catalogue, catalogue
from twin.vitals.groups import Groups
from twin.vitals.pool import Pool, Shown
from twin.vitals.report import deciding, failing, worst_member
from twin.vitals.windows import day_of

KEPT_STATES = 4
MOST_LIT = 500                                   # members that are selected as causes
AROUND_M = 60.0                                  # about a single sensor
COURSE_STEP_NS = 15 * times.MINUTE
MOST_COURSED = 2000                              # groups whose day is kept: zones, rooms, and the first buildings
TREND_NS = times.HOUR


@dataclass(eq=False)
class Course:
    """A day of every sign and of the first groups, every `COURSE_STEP_NS`: `values` (steps, signs, groups) f4,
    `verdicts` u1.
    """

    board: Board
    revision: int
    start_ns: int
    values: np.ndarray
    verdicts: np.ndarray
    done: int = 0

    def step_of(self, time_ns: int) -> int:
        return int(min(max((time_ns - self.start_ns) // COURSE_STEP_NS, 0), len(self.values) - 1))

    def share_of(self, time_ns: int) -> float:
        """How far the day is gone, 0 to 1."""
        return min(max((time_ns - self.start_ns) / (COURSE_STEP_NS * (len(self.values) - 1)), 0.0), 1.0)

    def change(self, row: int, group: int, time_ns: int, value: float) -> float:
        """How much a value differs from the one an hour before; NaN where that is not known."""
        before = time_ns - TREND_NS
        known = self.start_ns <= before and self.step_of(before) < self.done
        return value - float(self.values[self.step_of(before), row, group]) if known else float("nan")


class Vitals:
    """Belongs to one session. All methods are called by the frame tick's thread."""

    def __init__(self, session):
        self.session = session
        self.board: Board | None = None
        self.revision = 0                            # rises with every board and every window that is computed
        self._key: tuple = ()
        self._board_key: tuple = ()                  # what the board was made of
        self._content = Once(session)
        self._followed: Document | None = None
        self._read: tuple = ()                       # revisions of the readings that the windows were made of
        self._begun: Board | None = None             # the newest one, that may not be ready yet
        self._work: Iterator[None] | None = None
        self._redoing = False                        # windows of readings that have changed, not all of them yet
        self._slices = Slices()
        self._states: list[tuple] = []               # the newest few, by what they are made of
        self._asked = self._asked_course = False
        self._course: Course | None = None

    # -- asked by panels and layers ---------------------------------------------------------------------------

    def state(self, second: bool = False) -> State | None:
        """Every sign of every zone at the clock's time, or at the `second` instant; None as long as nothing is prepared
        or there is no such instant.
        """
        self._asked = True
        at_ns = self.session.compare_ns if second else self.session.clock.now_ns
        if self.board is None or at_ns is None:
            return None
        key = (self.board, self.revision, at_ns, self._readings())
        found = next((state for held, state in self._states if held == key), None)
        if found is None:
            found = self.board.at(at_ns)
            self._states = [(key, found), *self._states[:KEPT_STATES - 1]]
        return found

    def course(self) -> Course | None:
        """The day around the clock; it fills while somebody asks. None as long as nothing is prepared."""
        self._asked_course = True
        return self._course if self._course and self._course.board is self.board else None

    def shown_state(self, second: bool = False) -> State | None:
        """What the scene needs: the state, where a shown layer of zones is coloured by a sign; at the `second` instant
        only while the scene compares. None while sensors are read for the first time: they are not without data.
        """
        if second and not self.session.document.comparison.view:
            return None
        return self.state(second) if self._shown() and not self._unread() else None

    def _unread(self) -> bool:
        session = self.session
        return bool(session.assets.loading) and any(
            (asset := session.held(layer.id)) is not None and asset.state == LOADING
            for layer in session.document.layers if layer.kind == "sensors")

    def _shown(self) -> bool:
        document = self.session.document
        return any(getattr(x, "sign", "") and document.shown(x) for x in document.layers)

    @property
    def preparing(self) -> bool:
        return self._work is not None

    @property
    def outdated(self) -> bool:
        """The board answers by limits, zones or sensors that are the project's no more; another one is prepared."""
        return self.board is not None and self._board_key != self._key

    # -- the tick ---------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Follow document, content and clock, where anybody asked since the last tick."""
        if not self._asked:
            return
        self._asked = False
        self._follow()
        end = self._slices.end()
        while self._work is not None and time.perf_counter() < end:
            self._advance()
        if self._asked_course and self._work is None and self.board is not None:
            self._asked_course = False
            self._follow_course(end)

    def _follow_course(self, end: float) -> None:
        day = day_of(self.session.clock.now_ns, self.session.document.time_zone)
        have = self._course
        if have is None or (have.board, have.revision, have.start_ns) != (self.board, self.revision, day[0]):
            steps = int((day[1] - day[0]) // COURSE_STEP_NS) + 1
            shape = (steps, len(self.board.feeds), min(len(self.board.groups.groups), MOST_COURSED))
            have = self._course = Course(self.board, self.revision, day[0], np.full(shape, np.nan, np.float32),
                                         np.zeros(shape, np.uint8))
        while have.done < len(have.values) and time.perf_counter() < end:
            state = self.board.at(have.start_ns + have.done * COURSE_STEP_NS)
            have.values[have.done] = state.value[:, :MOST_COURSED]
            have.verdicts[have.done] = state.verdict[:, :MOST_COURSED]
            have.done += 1

    def settle(self) -> None:
        """Read everything that counts, hidden layers too, and prepare it for the clock's time (headless use)."""
        self._follow()
        self.session.settle()
        self._follow()
        while self._work is not None:
            self._advance()

    def settle_shown(self) -> None:
        """Prepare what shown layers need (headless use)."""
        if self._shown():
            self.settle()

    def _advance(self) -> None:
        try:
            next(self._work)
        except StopIteration:
            self._work, self._redoing = None, False
            self.revision += 1

    def _follow(self) -> None:
        session = self.session
        document = session.document
        if document is not self._followed:
            self._followed = document
            for layer in document.layers:                # what is hidden is not read for the scene, but it counts here
                if layer.kind in ("sensors", "zones"):
                    session.asset(layer.id)
        content = self._content.of(lambda: content_of(session), document, session.rooms.now, session.hosts.now)
        key = (document.vitals, document.frame, document.time_zone, content)
        if key != self._key:
            fresh = self._read == self._readings() and not self._redoing
            self._key, self._read = key, self._readings()
            self._work = self._prepared(keep_windows=fresh)
        elif self._work is None and self.board is not None:
            fresh = self._read == self._readings()
            if not fresh or self._lacks_windows():
                self._read, self._redoing = self._readings(), not fresh
                self._work = self._windows(again=not fresh)

    def _readings(self) -> tuple:
        return tuple(payload.history.revision for _, payload in self.session.timed_layers())

    def _lacks_windows(self) -> bool:
        return any(f.sign.window and self.board.window_of(f.sign, at_ns) is None
                   for at_ns in self._instants() for f in self.board.feeds)

    def _instants(self) -> list[int]:
        """The clock's, and the second one where there is one."""
        return [self.session.clock.now_ns, *filter(None, [self.session.compare_ns])]

    def _windows(self, again: bool = False) -> Iterator[None]:
        for at_ns in self._instants():
            yield from self.board.work(at_ns, again=again)

    def _prepared(self, keep_windows: bool) -> Iterator[None]:
        """A new board takes the place of the old one when it can answer. Where only zones or rooms came or changed, its
        sensors are not gone through again.
        """
        key, document = self._key, self.session.document
        names, shown = names_of(document), shown_in(self.session)
        held = self._begun
        if held is None or not held.is_over(names, shown, document.frame, document.time_zone):
            board = yield from begun(self.session, names, Pool(shown), "all")
        else:
            groups = yield from groups_of(self.session, held.pool, "all")
            board = held.regrouped(groups, keep_windows)
        self._begun = board
        yield from board.prepare()
        for at_ns in self._instants():
            yield from board.work(at_ns)
        self.board, self._board_key = board, key


def begun(session, names: Catalogue, pool: Pool, kind: str) -> Iterator[None]:
    """Returns a board that is yet to be prepared."""
    groups = yield from groups_of(session, pool, kind)
    return Board(names, pool, groups, session.document.frame, session.document.time_zone)


def prepared(session, names: Catalogue, kind: str) -> Iterator[None]:
    """Returns a board over the groups of a kind (see `app.vital_groups`)."""
    board = yield from begun(session, names, pool_of(session), kind)
    yield from board.prepare()
    return board


def names_of(document: Document) -> Catalogue:
    return catalogue().chosen(document.vitals)


def board_now(session, kind: str = "zone") -> Board:
    """A board with everything computed for the clock's time (headless use)."""
    board = _whole(prepared(session, names_of(session.document), kind))
    for _ in board.work(session.clock.now_ns):
        pass
    return board


def grouped(session, pool: Pool, kind: str) -> Groups:
    """The groups of a kind, at once (headless use)."""
    return _whole(groups_of(session, pool, kind))


def _whole(work: Iterator[None]):
    """What a generator returns in the end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def pool_of(session) -> Pool:
    return Pool(shown_in(session))


def shown_in(session) -> tuple[Shown, ...]:
    """Every source of readings once, with the layers that show it."""
    found: dict[Sensors, list] = {}
    for layer_id, payload in session.timed_layers():
        layer = session.document.layer(layer_id)
        if isinstance(payload, Sensors) and layer.kind == "sensors":
            found.setdefault(payload, []).append((layer_id, layer.observed, layer.stale_minutes))
    systems = {layer.id: layer.system for layer in session.document.layers if layer.system}
    return tuple(Shown(payload, tuple(layers), systems, session.hosts.stands(layers[0][0], payload))
                 for payload, layers in found.items())


def lit(board: Board, state: State, row: int, group: int) -> np.ndarray:
    """Pool rows of the sensors that make a sign what it is: those that fail, the worst first, else the worst one."""
    feed = board.feeds[row]
    mine = feed.members_in(group)
    causes = failing(state, row, mine)[:MOST_LIT]
    if not len(causes):
        worst = worst_member(state, row, mine) if feed.sign.judges_members else None
        causes = np.array([] if worst is None else [worst], np.intp)
    rows = [r for member in causes for r in deciding(board, state, row, int(member))]
    return np.array(list(dict.fromkeys(rows)), np.intp)


def content_of(session) -> tuple:
    """What the board is made of: the same as long as no source of readings and no zone came, changed or went."""
    document = session.document
    for layer in document.layers:
        if layer.kind == "sensors":
            session.asset(layer.id)                  # signs count what nobody looks at, too
    zones = tuple((layer.id, layer.drawn if layer.kind == "zones" else (), asset.payload if asset else None)
                  for layer in zone_layers(document) for asset in (session.asset(layer.id),))
    shown = tuple((id, payload, getattr(document.layer(id), "observed", ""),
                   getattr(document.layer(id), "stale_minutes", 0.0)) for id, payload in session.timed_layers())
    inside = tuple(lot.members for indoors in (session.rooms.now, session.hosts.now) for lot in indoors.lots)
    city = tuple((layer.id, plan) for layer, plan, _ in city_layers(session))
    return zones, shown, inside, city
