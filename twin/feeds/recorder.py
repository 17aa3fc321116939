"""The recorder: what the feeds bring goes into the store, and is acknowledged when it is there. Not before.

One thread stores; the feeds receive in threads of their own and wait where it does not keep up (inbox.py). Killed at
any moment, it has lost nothing that it acknowledged: what it had not is sent again, and what is stored already is known
by its datastream and time, or, where a reading is stamped on arrival, by the number that the broker gave its message.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np

from twin.feeds.decoding import Decoder, Readings
from twin.feeds.feed import Feed
from twin.feeds.inbox import Inbox, Message
from twin.feeds.sealing import Sealing
from twin.feeds.sources import source_of
from twin.feeds.tally import Tally
from twin.history.writer import Writer
from twin.sensors import Batch
from twin.text import tr
from twin.trouble import Trouble

MOST_AT_ONCE = 5_000                     # messages of one transaction,
MOST_BYTES_AT_ONCE = 8 << 20             # and their bytes: as objects they take many times as much
SEAL_READINGS = 500_000                  # so many make a batch of their own,
SEAL_SECS = 120.0                        # or what came in so much time
MOST_HOT = 4 * SEAL_READINGS             # a flood waits for the sealing, which else would never come to its end
RETRY_SECS = 1.0                         # after a failure of the disk
MOST_STREAMS = 2_000_000                 # a sender who invents names does not fill the store
POISON = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError, ValueError,
          OverflowError, TypeError, LookupError)          # of what a message holds; all else is the disk's
Point = Callable[[str], object]          # called at "before commit", "after commit", "acknowledged"


class Recorder:
    """Holds the store's lock until closed. `at` lets a test die at a point that matters."""

    def __init__(self, folder: Path, project: Path, time_zone: str, at: Point = lambda point: None):
        self.folder, self.project, self.time_zone, self.at = Path(folder), project, time_zone, at
        self.writer: Writer | None = Writer(self.folder)
        self.repaired = self.writer.repaired
        self.inbox = Inbox()
        self.error = ""
        self.readings = self.duplicates = 0
        self.tallies: dict[str, Tally] = {}
        self.feeds: dict[str, Feed] = {}
        self._sources: dict = {}
        self._decoders: dict[str, Decoder] = {}
        self._streams = len(self.writer.look().known)
        self._sealing = Sealing(self.folder)
        self._sealed_at = time.monotonic()
        self._seal_failed_at = -1e9
        self.hot = self.writer.ledger.hot_size()

    # -- feeds ------------------------------------------------------------------------------------------

    def use(self, feeds: tuple[Feed, ...]) -> None:
        """From now on these: what is gone or differs stops, what is new starts."""
        wanted = {feed.id: feed for feed in feeds if feed.active}
        for id in [id for id, feed in self.feeds.items() if wanted.get(id) != feed]:
            self._stop(id)
        for id, feed in wanted.items():
            if id not in self.feeds:
                self._start(feed)

    def _start(self, feed: Feed) -> None:
        tally = self.tallies[feed.id] = Tally()
        self.feeds[feed.id] = feed
        self._decoders[feed.id] = Decoder(feed.mapping, self.time_zone, feed.name)
        try:
            source = source_of(feed, self.inbox, tally, self.project)
            source.start()
            self._sources[feed.id] = source
        except Trouble as trouble:
            tally.state, tally.error = "stopped", str(trouble)

    def _stop(self, id: str) -> None:
        source = self._sources.pop(id, None)
        if source:
            source.stop()
        del self.feeds[id], self.tallies[id]

    # -- storing ------------------------------------------------------------------------------------------

    def step(self, timeout_secs: float = 0.2, going: Callable[[], bool] = lambda: True) -> int:
        """Store what is there; how many messages. While the disk refuses it tries again, as long as `going()`."""
        messages = self.inbox.take(MOST_AT_ONCE, timeout_secs, MOST_BYTES_AT_ONCE)
        messages = [m for m in messages if not self._known(m)]
        if messages:
            self._keep([(m, self._read(m)) for m in messages], going)
        self._maybe_seal()
        return len(messages)

    def _known(self, message: Message) -> bool:
        """A repetition of one that was stored, though the broker never heard so."""
        if not message.again or self.writer.ledger.taken(message.feed, message.number) != _digest(message):
            return False
        self._tally(message).duplicates += 1
        message.done()
        return True

    def _read(self, message: Message) -> Readings:
        if message.content is not None:
            return message.content
        decoder = self._decoders[message.feed]
        if self._streams > MOST_STREAMS:
            return Readings(rejects=[(tr("the store has {n} datastreams already", n=f"{self._streams:,}"), "")])
        return decoder.decode(message.topic, message.payload, message.arrived_ns)

    def _keep(self, pairs: list[tuple[Message, Readings]], going) -> None:
        """In one transaction; a message that cannot be stored for a reason of its own is set aside, not repeated."""
        while True:
            try:
                new = self._append(pairs)
                break
            except POISON as error:
                if len(pairs) > 1:
                    for pair in pairs:
                        self._keep([pair], going)
                    return
                pairs = [(pairs[0][0], Readings(rejects=[(str(error), pairs[0][0].topic)]))]
            except Exception as error:
                self.error = tr("Nothing is stored or acknowledged: {cause}. It goes on by itself.", cause=error)
                self.publish()
                if not going():
                    return
                time.sleep(RETRY_SECS)
        self.error = ""
        self._done(pairs, new)

    def _append(self, pairs: list[tuple[Message, Readings]]) -> int:
        batch = _batch([readings for _, readings in pairs])
        streams = [stream for _, readings in pairs for stream in readings.streams]
        taken = [(m.feed, m.number, _digest(m)) for m, readings in pairs if readings.arrival and m.number]
        self.at("before commit")
        new = self.writer.append(batch, streams, taken) if len(batch) or streams else 0
        self.at("after commit")
        self._streams += len(streams)
        self.hot += new
        return new

    def _done(self, pairs: list[tuple[Message, Readings]], new: int) -> None:
        total = sum(len(readings.ids) for _, readings in pairs)
        self.readings += new
        self.duplicates += total - new
        now_ns = time.time_ns()
        for message, readings in pairs:
            self._tally(message).count(message, readings, now_ns)
            message.done()
            self.at("acknowledged")

    def _tally(self, message: Message) -> Tally:
        """Of a feed that was stopped meanwhile: nobody looks at it any more."""
        return self.tallies.get(message.feed) or Tally()

    def _maybe_seal(self) -> None:
        self._note_sealed(wait=self.hot > MOST_HOT)
        now = time.monotonic()
        due = self.hot >= SEAL_READINGS or (self.hot and now - self._sealed_at > SEAL_SECS)
        if due and not self._sealing.begun and now - self._seal_failed_at > 30.0:
            self._sealing.start()

    def _note_sealed(self, wait: bool) -> None:
        """What fails stays where it is, safe, and is tried again."""
        if not self._sealing.ended(wait):
            return
        if self._sealing.error:
            self._seal_failed_at = time.monotonic()
            self.error = tr("The readings are stored but cannot be sealed: {cause}", cause=self._sealing.error)
            return
        before, self.hot = self.hot, self.writer.ledger.hot_size()
        self.duplicates += before - self.hot - self._sealing.kept
        self._sealed_at = time.monotonic()

    def seal(self) -> None:
        """What came goes into the sealed table, now."""
        self._note_sealed(wait=True)
        self._sealing.start()
        self._note_sealed(wait=True)

    # -- beside others ------------------------------------------------------------------------------------

    def let_others_write(self, going: Callable[[], bool] = lambda: True) -> None:
        """Somebody wants to import: let go of the lock, and take it again when they are done."""
        if not self.writer.wanted:
            return
        self._note_sealed(wait=True)
        self.writer.close()
        self.error = tr("Another program writes into the store; nothing is acknowledged until it is done.")
        time.sleep(0.5)
        while True:
            self.publish()
            try:
                self.writer = Writer(self.folder, wait_secs=0.0)
                break
            except Trouble:
                if not going():
                    raise
                time.sleep(0.5)
        self.error = ""
        self.hot = self.writer.ledger.hot_size()

    def as_json(self) -> dict:
        now_ns = time.time_ns()
        oldest_ns = self.inbox.oldest_ns
        return {"readings": self.readings, "duplicates": self.duplicates, "waiting": len(self.inbox), "hot": self.hot,
                "lag_secs": round((now_ns - oldest_ns) / 1e9, 3) if oldest_ns else 0.0, "error": self.error,
                "repaired": list(self.repaired),
                "rejected": sum(t.rejected for t in self.tallies.values()),
                "feeds": [{"id": id, "name": feed.name, "kind": feed.kind, "url": feed.url,
                           **self.tallies[id].as_json(now_ns)} for id, feed in self.feeds.items()]}

    def publish(self) -> None:
        """Replaced by whoever shows this to other processes."""

    def close(self) -> None:
        """Store what was received, stop receiving, seal, let go of the lock."""
        self.inbox.close()
        while len(self.inbox):
            self.step(0.0, going=lambda: False)
        for source in self._sources.values():
            source.stop()
        self.seal()
        self.writer.close()


def _digest(message: Message) -> bytes:
    return hashlib.blake2b(message.topic.encode("utf-8", "replace") + b"\0" + message.payload, digest_size=12).digest()


def _batch(parts: list[Readings]) -> Batch:
    """Readings of many messages as one; of two with one datastream and time the first counts."""
    ids = list(chain.from_iterable(part.ids for part in parts))
    codes = {id: code for code, id in enumerate(dict.fromkeys(ids))}

    def column(name: str, kind) -> np.ndarray:
        return np.fromiter(chain.from_iterable(getattr(part, name) for part in parts), kind, len(ids))
    return Batch(ids=tuple(codes), streams=np.fromiter(map(codes.__getitem__, ids), np.int32, len(ids)),
                 times_ns=column("times_ns", np.int64), values=column("values", np.float64),
                 quality=column("quality", np.int8))
