"""A mesh while its shapes come: helpers do not wait for the place, and the place is the same whoever finds it."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from bim import aside, loading, reader
from bim.helper import Piece
from bim.instances import Collected
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, Request

TRIANGLE = np.eye(3), np.array([[0, 1, 2]], np.int32), np.array([[190, 190, 190, 255]], np.uint8)
TURN = np.eye(4)[:3]


def read(path, cache, monkeypatch):
    monkeypatch.setenv("CITYTWIN_CACHE", str(cache))
    return reader.read(Request(source=Source(path=str(path)), kind="building", frame=Frame()), Progress())


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["Duplex_A_georeferenced.ifc", "pcert_Building-Architecture.ifc"])
def test_a_large_file_is_placed_by_a_process_beside_as_a_small_one_is_here(tmp_path, shared, monkeypatch, name):
    path, beside = shared / "ifc" / name, []
    here = read(path, tmp_path / "here", monkeypatch)
    monkeypatch.setattr(aside, "BESIDE_BYTES", 0)
    made = aside.Aside.__init__

    def watched(self, *said):
        made(self, *said)
        beside.append(self._process is not None)

    monkeypatch.setattr(aside.Aside, "__init__", watched)
    there = read(path, tmp_path / "there", monkeypatch)
    assert beside[0] == (sys.platform == "linux")
    assert there.placement == here.placement and there.placements == here.placements
    assert there.georeference == here.georeference and there.notes == here.notes and there.count == here.count


def piece(number: int) -> Piece:
    some = Collected()
    at = some.add_geometry(*TRIANGLE)
    some.add_element(number, at, TURN)
    return Piece(some.instances(), {})


def coming(wanted: list[int]):
    """Four pieces; a part is wanted while the third is on its way."""
    for number in range(4):
        if number == 2:
            wanted.append(number)
        time.sleep(0.01)                                     # longer than any tick of the clock
        yield piece(number)


def test_pieces_are_gathered_until_a_part_is_wanted():
    wanted: list[int] = []
    first, *rest = ([int(one.instances.number[0]) for one in batch]
                    for batch in loading.batches(coming(wanted), lambda: bool(wanted)))
    assert first == [0, 1, 2] and rest == [[3]]


def test_what_was_never_wanted_comes_at_the_end():
    pieces = [piece(number) for number in range(3)]
    assert [len(batch) for batch in loading.batches(iter(pieces), lambda: False)] == [3]
