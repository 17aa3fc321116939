"""The events that the project's rules find in its readings, kept up to date in a thread while nothing waits."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from twin.data import Sensors
from twin.incidents.events import Event, events_of
from twin.incidents.rule import AlarmRule
from twin.times import MINUTE

if TYPE_CHECKING:
    from app.session import Session


class Search:
    """A rule in the readings it is looked for in; `wanted` becomes False when nobody waits for it any more."""

    def __init__(self, rule: AlarmRule, payload: Sensors, stale_minutes: float, time_zone: str):
        self.rule, self.payload, self.stale_minutes, self.time_zone = rule, payload, stale_minutes, time_zone
        self.wanted = True
        self.future: Future | None = None

    def same(self, other: Search) -> bool:
        return (self.rule == other.rule and self.payload is other.payload
                and self.stale_minutes == other.stale_minutes and self.time_zone == other.time_zone)

    def run(self) -> list[Event]:
        return events_of(self.rule, self.payload, round(self.stale_minutes * MINUTE), lambda: self.wanted,
                         self.time_zone)


class Alarms:
    """`events`: of all rules, by the time they were raised; `revision` rises when they differ."""

    def __init__(self):
        self.events: tuple[Event, ...] = ()
        self.revision = 0
        self.searching = False
        self._worker: ThreadPoolExecutor | None = None
        self._searches: dict[str, Search] = {}       # by rule: asked for or done
        self._seen: tuple = ()

    def tick(self, session: Session) -> None:
        """Ask for what changed, take what is ready. Nothing to do while document and assets are the same."""
        seen = (session.document, session.assets.revision)
        if not self._seen or self._seen[0] is not seen[0] or self._seen[1] != seen[1]:
            self._seen = seen
            self._want({search.rule.id: search for search in _searches(session)})
        if self.searching and all(search.future.done() for search in self._searches.values()):
            self.searching = False
            self._collect()

    def _want(self, wanted: dict[str, Search]) -> None:
        for id in [id for id, old in self._searches.items() if id not in wanted or not old.same(wanted[id])]:
            self._searches.pop(id).wanted = False
            self.searching = True
        for id in wanted.keys() - self._searches.keys():
            self._worker = self._worker or ThreadPoolExecutor(1, thread_name_prefix="alarms")
            self._searches[id] = wanted[id]
            wanted[id].future = self._worker.submit(wanted[id].run)
            self.searching = True

    def _collect(self) -> None:
        every = [event for search in self._searches.values() for event in search.future.result()]
        self.events = tuple(sorted(every, key=lambda event: (event.raised_ns, event.rule, event.row)))
        self.revision += 1

    def close(self) -> None:
        for search in self._searches.values():
            search.wanted = False
        if self._worker:
            self._worker.shutdown(wait=True, cancel_futures=True)


def named(session: Session, event: Event, language: str) -> str:
    """The sensor's name in a language, in the other where it has none there, its id where it has none at all."""
    columns = ("name_zh", "name") if language == "zh" else ("name", "name_zh")
    return next(filter(None, (_cell(session, event, column) for column in columns)), event.stream)


def unit(session: Session, event: Event) -> str:
    return _cell(session, event, "unit")


def rule_unit(session: Session, rule: AlarmRule) -> str:
    """The unit of the readings that a rule looks at; "" where none is known (yet)."""
    asset = session.asset(rule.layer)
    features = asset.payload.features if asset is not None and asset.payload is not None else None
    if features is None or "unit" not in features.column_names:
        return ""
    if rule.observed and "property" in features.column_names:
        at = features.column("property").index(rule.observed).as_py()
        return str(features.column("unit")[at].as_py() or "") if at >= 0 else ""
    return str(features.column("unit")[0].as_py() or "") if len(features) else ""


def open_at(session: Session, layer: str, row: int, now_ns: int) -> list[Event]:
    """Events of a datastream that are open at an instant, the gravest first; layers of one source share their rows."""
    asset = session.held(layer)
    found = [event for event in session.alarms.events if event.row == row and event.level_at(now_ns)
             and asset is not None and session.held(event.layer) is asset]
    return sorted(found, key=lambda event: -event.level_at(now_ns))


def _cell(session: Session, event: Event, column: str) -> str:
    asset = session.held(event.layer)
    features = asset.payload.features if asset is not None and asset.payload is not None else None
    return str(features.column(column)[event.row].as_py() or "") if features and column in features.column_names else ""


def _searches(session: Session) -> list[Search]:
    """What can be looked for now: sound rules whose layer has readings."""
    found = []
    for rule in session.document.rules:
        asset = session.asset(rule.layer)
        if asset is not None and isinstance(asset.payload, Sensors) and not rule.fault():
            stale_minutes = getattr(session.document.layer(rule.layer), "stale_minutes", 15.0)
            found.append(Search(rule, asset.payload, stale_minutes, session.document.time_zone))
    return found
