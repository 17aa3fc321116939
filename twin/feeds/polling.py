"""Feeds that are asked again and again over HTTP: a thread each, with growing pauses after a failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from twin.feeds.feed import Feed
from twin.feeds.inbox import Inbox, Message
from twin.feeds.tally import Tally
from twin.text import tr
from twin.trouble import Trouble

LARGEST = 64 << 20                       # bytes of an answer
LONGEST_PAUSE_SECS = 300.0
TIMEOUT_SECS = 30.0
Get = Callable[[str], bytes]             # an address to the body of its answer
Ask = Callable[[Get], Iterator[tuple[str, bytes, Any]]]   # one round: (topic, payload, readings or None)


class Polling:
    def __init__(self, feed: Feed, inbox: Inbox, tally: Tally, password: str, ask: Ask):
        if urlsplit(feed.url).scheme not in ("http", "https") or not urlsplit(feed.url).hostname:
            raise Trouble(tr("“{url}” is no address of a server.", url=feed.url),
                          way_out=tr("Write it as https://host/path."))
        self.feed, self.inbox, self.tally, self._ask = feed, inbox, tally, ask
        self._password = password
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"feed {feed.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """An answer that is still awaited is given up."""
        self._stop.set()
        self._thread.join(2.0)
        self.tally.state = "stopped"

    def _run(self) -> None:
        import httpx
        failures = 0
        user = (self.feed.user, self._password) if self.feed.user else None
        with httpx.Client(auth=user, timeout=TIMEOUT_SECS, verify=_trust(self.feed), follow_redirects=True) as client:
            while not self._stop.is_set():
                begun = time.monotonic()
                try:
                    self._round(client)
                    failures = 0
                except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, LookupError, TypeError) as error:
                    failures += 1
                    self.tally.state = "waiting"
                    self.tally.error = tr("The server does not answer as it should: {cause}",
                                          cause=str(error) or type(error).__name__)
                pause = min(LONGEST_PAUSE_SECS, self.feed.every_secs * 2 ** min(failures, 8)) if failures else \
                    self.feed.every_secs - (time.monotonic() - begun)
                self._stop.wait(max(0.05, pause))

    def _round(self, client) -> None:
        """All pages of an answer. One is held until the next has come, or none will: so the last one is known."""
        held = None
        try:
            for topic, payload, readings in self._ask(lambda address: self._get(client, address)):
                if held is not None:
                    held.more = True
                    self._put(held)
                held = Message(self.feed.id, topic, payload, time.time_ns(), content=readings)
                if self._stop.is_set() or self.inbox.closed:
                    return
        finally:
            if held is not None:
                self._put(held)
        self.tally.state, self.tally.error = "connected", ""

    def _put(self, message: Message) -> None:
        if not self._stop.is_set():
            self.inbox.put(message)

    def _get(self, client, address: str) -> bytes:
        body = bytearray()
        with client.stream("GET", address) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise ValueError(tr("the answer is larger than {n} MB", n=LARGEST >> 20))
        return bytes(body)


def _trust(feed: Feed):
    import ssl
    if not feed.ca_file:
        return True
    try:
        return ssl.create_default_context(cafile=feed.ca_file)
    except OSError:
        return True                      # the server is then refused, and that is shown


def plain(feed: Feed) -> Ask:
    """One address, whose answer is read by the feed's mapping; the topic is the path of the address."""
    topic = urlsplit(feed.url).path.strip("/")
    return lambda get: iter([(topic, get(feed.url), None)])
