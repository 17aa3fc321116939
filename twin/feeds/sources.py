"""The source behind a feed: an object with `start()` and `stop()` that puts messages into an inbox."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from twin.feeds.feed import Feed
from twin.feeds.inbox import Inbox
from twin.feeds.tally import Tally
from twin.passwords import password
from twin.text import tr
from twin.trouble import Trouble


class Receiving(Protocol):
    def start(self) -> None:
        """Receive in a thread of its own. Raises Trouble where that can never work."""

    def stop(self) -> None:
        """Ends within seconds."""


def source_of(feed: Feed, inbox: Inbox, tally: Tally, project: Path) -> Receiving:
    secret = password(feed.id, feed.account)
    if feed.one_sensor:
        tally.warn(tr("All that this feed brings is kept as one sensor, “{id}”, and what comes at the same instant as "
                      "a repetition. Write {field} to take the sensor from the message.", id=feed.one_sensor,
                      field="{" + feed.one_sensor + "}"))
    if feed.kind == "mqtt":
        from twin.feeds.mqtt import MqttFeed
        return MqttFeed(feed, inbox, tally, project, secret)
    from twin.feeds import gtfs_rt, polling, sensorthings
    asks = {"http": polling.plain, "sensorthings": sensorthings.asking,
            "gtfs-rt": lambda feed: gtfs_rt.asking(feed, project, tally)}
    if feed.kind in asks:
        return polling.Polling(feed, inbox, tally, secret, asks[feed.kind](feed))
    raise Trouble(tr("Feeds of the kind {kind} are not known.", kind=feed.kind), way_out=tr("Update citytwin."))
