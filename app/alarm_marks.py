"""The events that alarm rules find, as marks on the time axis."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from app.alarms import named
from twin.incidents.rule import LEVELS
from twin.marks import ALARM, WARNING, Mark
from twin.text import language

if TYPE_CHECKING:
    from app.session import Session

WORST = len(LEVELS) - 1


class AlarmMarks:
    """A provider (see `twin.marks`): a stretch of time from when it was raised until it ended."""

    def __init__(self, session: Session):
        self.session = session

    def state(self) -> Hashable:
        return self.session.alarms.revision, self.session.document.rules, language()

    def marks(self) -> Iterable[Mark]:
        names = {rule.id: rule.title(language()) for rule in self.session.document.rules}
        for event in self.session.alarms.events:
            if event.rule in names:
                yield Mark(event.raised_ns, f"{names[event.rule]} · {named(self.session, event, language())}", "event",
                           ALARM if event.level == WORST else WARNING, event.end_ns or 0,
                           id=f"{event.rule}/{event.stream}/{event.start_ns}")
