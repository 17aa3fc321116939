"""Circles are collected by the GUI thread alone, whoever made them."""

from __future__ import annotations

import gc
import threading
from weakref import finalize

import pytest

from app.garbage import Garbage


class Circle:
    def __init__(self, gone: list):
        self.me = self
        finalize(self, lambda: gone.append(threading.current_thread()))


def made_in_a_worker(count: int) -> list:
    """Who collected them: filled later. Far more than the threshold at which Python collects by itself."""
    gone: list = []
    worker = threading.Thread(target=lambda: [Circle(gone) for _ in range(count)])
    worker.start()
    worker.join(60)
    return gone


@pytest.fixture
def garbage():
    made = Garbage()
    made.start()
    yield made
    gc.unfreeze()
    gc.enable()


def test_a_worker_collects_nothing_and_the_next_tick_does(garbage):
    gone = made_in_a_worker(5000)
    assert not gone
    garbage.tick()
    assert len(gone) == 5000 and set(gone) == {threading.main_thread()}


def test_the_old_are_collected_too_once_there_are_many_more(garbage):
    gone: list = []
    kept = [Circle(gone) for _ in range(1000)]
    garbage.tick()
    gc.collect(1)                                      # they have lived long now
    kept.clear()
    young: list = []
    while not gone and len(young) < 1_000_000:
        young += [[] for _ in range(1000)]
        garbage.tick()
    assert len(gone) == 1000


def test_a_window_collects_between_its_frames(window, qtbot):
    assert not gc.isenabled()
    gone = made_in_a_worker(5000)
    qtbot.waitUntil(lambda: len(gone) == 5000, timeout=20_000)
    assert set(gone) == {threading.main_thread()}
