"""Between the threads that receive and the one that stores: a queue that is never long.

Whoever brings more than the store takes waits here, and so does its broker: a flood costs time, not memory.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_MESSAGES = 20_000
MOST_BYTES = 64 << 20


@dataclass
class Message:
    """`content`: readings that are decoded already, instead of a payload. `done()` acknowledges it.

    `number`: the broker's, which a repetition has again; `again`: the broker says that it may be one. `more`: a newer
    page of the same answer follows.
    """

    feed: str
    topic: str
    payload: bytes
    arrived_ns: int
    done: Callable[[], None] = field(default=lambda: None)
    content: object = None
    number: int = 0
    again: bool = False
    more: bool = False


class Inbox:
    def __init__(self, most_messages: int = MOST_MESSAGES, most_bytes: int = MOST_BYTES):
        self.most_messages, self.most_bytes = most_messages, most_bytes
        self._queue: deque[Message] = deque()
        self._bytes = 0
        self._change = threading.Condition()
        self.closed = False

    def put(self, message: Message, timeout_secs: float | None = None) -> bool:
        """Waits for room; False when there was none in time, or nobody takes any more."""
        with self._change:
            fits = self._change.wait_for(self._room, timeout_secs)
            if not fits or self.closed:
                return False
            self._queue.append(message)
            self._bytes += len(message.payload)
            self._change.notify_all()
            return True

    def take(self, most: int, timeout_secs: float, most_bytes: int = MOST_BYTES) -> list[Message]:
        """What is there, as soon as there is anything; no more once there are `most_bytes` of it."""
        with self._change:
            self._change.wait_for(lambda: self._queue or self.closed, timeout_secs)
            out, taken = [], 0
            while self._queue and len(out) < most and taken < most_bytes:
                out.append(self._queue.popleft())
                taken += len(out[-1].payload)
            self._bytes -= taken
            if out:
                self._change.notify_all()
            return out

    def close(self) -> None:
        with self._change:
            self.closed = True
            self._change.notify_all()

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def oldest_ns(self) -> int:
        """When the message arrived that waits longest; 0 = none does."""
        with self._change:
            return self._queue[0].arrived_ns if self._queue else 0

    def _room(self) -> bool:
        return self.closed or not self._queue or (
            len(self._queue) < self.most_messages and self._bytes < self.most_bytes)
