"""Trying a feed: connect beside whatever records, wait for a message, and see what the mapping makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex

from twin import times
from twin.feeds.decoding import Decoder, Readings
from twin.feeds.feed import Feed, Mapping
from twin.feeds.guessing import guess
from twin.feeds.inbox import Inbox, Message
from twin.feeds.mqtt import NO_SESSION
from twin.feeds.sources import source_of
from twin.feeds.tally import SHOWN_PAYLOAD, Tally
from twin.text import tr

SHOWN_READINGS = 50


@dataclass(frozen=True)
class Trial:
    """`mapping`: the one that was used, found by itself where the feed says nothing. `error`: why nothing came."""

    topic: str = ""
    payload: str = ""
    readings: tuple[dict, ...] = ()
    rejects: tuple[tuple[str, str], ...] = ()
    mapping: Mapping | None = None
    error: str = ""
    warnings: tuple[str, ...] = field(default_factory=tuple)
    whole: bytes = field(default=b"", repr=False)        # the payload, to be read by another mapping; b"" = cannot be
    arrived_ns: int = 0

    def as_json(self) -> dict:
        from dataclasses import asdict
        told = asdict(self)
        del told["whole"], told["arrived_ns"]
        return told

    def read_by(self, mapping: Mapping, time_zone: str, name: str = "") -> Trial:
        """What another mapping makes of the message."""
        return made_of(Message("", self.topic, self.whole, self.arrived_ns), mapping, time_zone, name)


def try_feed(feed: Feed, project: Path, time_zone: str, wait_secs: float = 15.0) -> Trial:
    """Nothing is stored, and the session of the recorder at the broker is left alone."""
    inbox, tally = Inbox(most_messages=10), Tally()
    lone = replace(feed, client_id=f"citytwin-trial-{token_hex(4)}", keep_session=False, qos=min(feed.qos, 1))
    source = source_of(lone, inbox, tally, project)
    source.start()
    try:
        messages = inbox.take(1, wait_secs)
    finally:
        inbox.close()
        source.stop()
    warnings = tuple(w for w in tally.warnings if not (feed.keep_session and w == tr(NO_SESSION)))    # only here
    if not messages:
        return Trial(error=tally.error, warnings=warnings)
    return replace(made_of(messages[0], feed.mapping, time_zone, feed.name), warnings=warnings)


def try_in_worker(feed: Feed, project: str, time_zone: str, password: str, progress) -> Trial:
    """Runs in a worker. A password that was typed just now comes before what is kept."""
    import os

    from twin.passwords import variable
    progress(0, 0, "")
    if password:
        os.environ[variable(feed.id)] = password
    try:
        return try_feed(feed, Path(project), time_zone)
    finally:
        if password:
            del os.environ[variable(feed.id)]


def made_of(message: Message, mapping: Mapping, time_zone: str, name: str = "") -> Trial:
    """What a mapping makes of a message of a feed that is called `name`."""
    found = message.content
    if not isinstance(found, Readings):
        found = Decoder(mapping, time_zone, name).decode(message.topic, message.payload, message.arrived_ns)
    used = mapping if mapping.form in ("json", "number") else _guessed(message.payload)
    told = {stream.id: stream for stream in found.streams}
    rows = tuple({"datastream": id, "time": times.iso(t, time_zone), "value": value,
                  "property": told[id].property, "unit": told[id].unit, "x": told[id].x, "y": told[id].y}
                 for id, t, value in list(zip(found.ids, found.times_ns, found.values))[:SHOWN_READINGS])
    return Trial(message.topic, message.payload[:SHOWN_PAYLOAD].decode("utf-8", "replace"), rows,
                 tuple(found.rejects[:20]), used, arrived_ns=message.arrived_ns,
                 whole=message.payload if message.content is None else b"")


def _guessed(payload: bytes) -> Mapping | None:
    import json
    try:
        return guess(json.loads(payload))
    except (ValueError, RecursionError):
        return None
