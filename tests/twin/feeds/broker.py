"""A real mosquitto for a test, and a publisher that knows what was acknowledged."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
needs_broker = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed (.ci/system test)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """Keeps sessions and queued messages over `restart`, as a broker with `persistence true` does."""

    def __init__(self, folder: Path, lines: str = "", listener: str = ""):
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o777)
        user = "user root\n" if hasattr(os, "getuid") and os.getuid() == 0 else ""
        self._conf = folder / "mosquitto.conf"
        self._conf.write_text(f"{user}listener {self.port} 127.0.0.1\n{listener}\nallow_anonymous true\n"
                              f"persistence true\npersistence_location {folder}/\nmax_queued_messages 0\n"
                              f"autosave_interval 1\nautosave_on_changes false\n{lines}\n", encoding="utf-8")
        self._process = None
        self.start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = open(self.folder / "log.txt", "ab")
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._conf], stdout=log, stderr=log)
        log.close()
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.025)
        raise AssertionError((self.folder / "log.txt").read_text())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def restart(self) -> None:
        self.stop()
        self.start()


class Publisher:
    """`sent`: what the broker has acknowledged, so what it owes to every session."""

    def __init__(self, broker: Broker):
        from paho.mqtt.client import CallbackAPIVersion, Client
        self._client = Client(CallbackAPIVersion.VERSION2, "")
        self._client.max_inflight_messages_set(1000)
        self._client.max_queued_messages_set(0)
        self._ready = threading.Event()
        self._client.on_connect = lambda *_: self._ready.set()
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        assert self._ready.wait(10)

    def send(self, topic: str, *payloads, qos: int = 1, retain: bool = False) -> None:
        """Returns when the broker has all of them."""
        infos = [self._client.publish(topic, p if isinstance(p, bytes | str) else json.dumps(p), qos, retain)
                 for p in payloads]
        for info in infos:
            info.wait_for_publish(30)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def until(true, secs: float = 30.0):
    """Wait for something to become true; what it was in the end."""
    end = time.monotonic() + secs
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return found
