"""A recorder in a process of its own and a real broker, for the benchmarks of recording."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.twin.feeds.broker import Broker
from twin.feeds import status
from twin.history.store import Store, connection, store_beside

START = 1_784_000_000


def started(project: Path, broker: Broker) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "tests.twin.feeds.mortal", str(project), broker.url, "city/#", "5",
                             "", "1"], env={**os.environ, "PYTHONPATH": os.getcwd()}, stderr=subprocess.DEVNULL)


def until_connected(recorder: subprocess.Popen, folder: Path) -> subprocess.Popen:
    while True:
        said = status.read(folder) or {}
        if said.get("pid") == recorder.pid and said["feeds"] and said["feeds"][0]["state"] == "connected":
            time.sleep(0.3)
            return recorder
        time.sleep(0.02)


def feed_of(recorder: subprocess.Popen, folder: Path) -> dict:
    """What the recorder says of its feed; it says so once a second."""
    said = status.read(folder) or {}
    return said["feeds"][0] if said.get("pid") == recorder.pid and said["feeds"] else {"readings": -1}


def stored(project: Path) -> list[tuple]:
    """(datastream, seconds, value) of everything in the store, what stands in it twice twice."""
    with Store(store_beside(project)) as store, connection() as con:
        return con.execute(f"SELECT datastream, t // 1000000, value FROM "
                           f"({store.events(con, store.look(), (0, 1 << 60))})").fetchall()


def ended(recorder: subprocess.Popen, project: Path) -> None:
    status.ask_to_stop(store_beside(project))
    recorder.wait(120)


class Stream:
    """Publishes at QoS 1 with next to no work of its own, so that what is measured is the recorder.

    `acknowledged`: how many messages the broker has taken over.
    """

    def __init__(self, broker: Broker):
        self.sent = self.acknowledged = 0
        self._socket = socket.create_connection(("127.0.0.1", broker.port))
        name = b"stream"
        self._socket.sendall(_packet(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + _text(name)))
        assert self._socket.recv(4)[3:] == b"\x00", "the broker refuses"
        threading.Thread(target=self._count, daemon=True).start()

    def send(self, topic: str, payloads: list[bytes]) -> None:
        head = _text(topic.encode())
        numbers = range(self.sent, self.sent + len(payloads))
        self._socket.sendall(b"".join(_packet(0x32, head + (n % 65_535 + 1).to_bytes(2, "big") + payload)
                                      for n, payload in zip(numbers, payloads)))
        self.sent += len(payloads)

    def close(self) -> None:
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()

    def _count(self) -> None:
        """An acknowledgement is four bytes."""
        read = 0
        while True:
            try:
                data = self._socket.recv(1 << 16)
            except OSError:
                return
            if not data:
                return
            read += len(data)
            self.acknowledged = read // 4


def _text(text: bytes) -> bytes:
    return len(text).to_bytes(2, "big") + text


def _packet(kind: int, rest: bytes) -> bytes:
    length, out = len(rest), bytearray([kind])
    while True:
        length, digit = length >> 7, length & 127
        out.append(digit | (128 if length else 0))
        if not length:
            return bytes(out) + rest
