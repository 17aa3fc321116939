"""What is known about a running feed: counts, the last message, how its clocks stand, what was wrong."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass, field

from twin.feeds.decoding import Readings
from twin.feeds.inbox import Message
from twin.times import SECOND

SHOWN_REJECTS = 20
SHOWN_PAYLOAD = 4_000
RATE_SECS = 10
AHEAD_SECS, MOST_AHEAD = 60.0, 20         # a clock that is further ahead is wrong; so many of them are told


@dataclass
class Tally:
    """`state`: "starting", "connected" (what is sent from here on arrives), "waiting" (for the next try), "stopped".
    Times in ns since 1970."""

    state: str = "starting"
    error: str = ""
    messages: int = 0
    readings: int = 0
    duplicates: int = 0
    rejected: int = 0
    lost: int = 0                        # messages that no acknowledgement could hold back
    reconnects: int = 0
    first_ns: int = 0                    # arrival of the first message, and of the last
    last_ns: int = 0
    stored_ns: int = 0                   # when the last one was stored
    newest_ns: int = 0                   # of the readings
    warnings: dict[str, None] = field(default_factory=dict)
    rejects: list[tuple[str, str]] = field(default_factory=list)
    last: tuple[str, str] = ("", "")     # topic and payload of the last message
    ahead: dict[str, float] = field(default_factory=dict)    # seconds by datastream, while its clock is ahead
    _skews: deque = field(default_factory=lambda: deque(maxlen=201))
    _per_second: deque = field(default_factory=lambda: deque(maxlen=RATE_SECS + 1))

    def warn(self, text: str) -> None:
        self.warnings[text] = None

    def count(self, message: Message, readings: Readings, now_ns: int) -> None:
        """A message that was stored (or is nothing that could be)."""
        self.messages += 1
        self.first_ns = self.first_ns or message.arrived_ns
        self.stored_ns = now_ns
        self.last_ns = max(self.last_ns, message.arrived_ns)
        self.last = (message.topic, message.payload[:SHOWN_PAYLOAD].decode("utf-8", "replace"))
        self.rejected += len(readings.rejects)
        self.rejects += readings.rejects[:SHOWN_REJECTS - len(self.rejects)]
        self.readings += len(readings.ids)
        if readings.times_ns:
            newest = max(readings.times_ns)
            self.newest_ns = max(self.newest_ns, newest)
            skew = (newest - message.arrived_ns) / SECOND
            if not message.more:                         # the age of earlier pages says nothing of the clock
                self._skews.append(skew)
            if self.ahead or skew > AHEAD_SECS:
                self._note_ahead(readings, message.arrived_ns)
        second = message.arrived_ns // SECOND
        if not self._per_second or self._per_second[-1][0] != second:
            self._per_second.append([second, 0])
        self._per_second[-1][1] += len(readings.ids)

    def _note_ahead(self, readings: Readings, arrived_ns: int) -> None:
        """A clock ahead of the one here is wrong for certain; one behind may only send late."""
        for id, time_ns in dict(zip(readings.ids, readings.times_ns)).items():
            secs = (time_ns - arrived_ns) / SECOND
            if secs <= AHEAD_SECS:
                self.ahead.pop(id, None)
            elif id in self.ahead or len(self.ahead) < MOST_AHEAD:
                self.ahead[id] = round(secs)

    @property
    def skew_secs(self) -> float | None:
        """How far the newest reading of a message is usually ahead of the clock here; negative = behind."""
        return statistics.median(self._skews) if self._skews else None

    def rate(self, now_ns: int) -> float:
        """Readings a second, over the last ten whole seconds."""
        now = now_ns // SECOND
        return sum(n for second, n in self._per_second if now - RATE_SECS <= second < now) / RATE_SECS

    def as_json(self, now_ns: int) -> dict:
        skew = self.skew_secs
        return {"state": self.state, "error": self.error, "messages": self.messages, "readings": self.readings,
                "duplicates": self.duplicates, "rejected": self.rejected, "lost": self.lost,
                "reconnects": self.reconnects, "first_ns": self.first_ns, "last_ns": self.last_ns,
                "stored_ns": self.stored_ns, "newest_ns": self.newest_ns, "rate": round(self.rate(now_ns), 2),
                "skew_secs": None if skew is None else round(skew, 3), "ahead": dict(self.ahead),
                "warnings": list(self.warnings), "last": {"topic": self.last[0], "payload": self.last[1]},
                "rejects": [{"reason": reason, "text": text} for reason, text in self.rejects]}
