"""Helpers do not wait: not for the next piece of work, not for each other's end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bim import plan, report
from bim import team as team_module
from bim.open import open_model
from bim.team import AHEAD, START, STARTING, Limits, Site, Team


def counted(chunks, seen: list[int]):
    for chunk in chunks:
        seen.append(len(chunk.numbers))
        yield chunk


def test_a_helper_has_its_next_work_while_who_asked_does_something_else(samples, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "SHARED", (1, 1))
    opened, seen = open_model(samples / "office.ifc", lazy=True), []
    team = Team(Site(opened.model, str(opened.plain), str(tmp_path), 1.0), Limits(), 1, START)
    chunks = [chunk for chunk in plan.chunks(opened.model, plan.Steps(opened.model), 1) if not chunk.single]
    assert len(chunks) > 2 * AHEAD
    source = team.pieces(counted(iter(chunks), seen), lambda begun: None)
    first = next(source)
    assert sum(seen) >= len(first.numbers) + AHEAD - 1, "it would have nothing to do now"
    made = [first, *source]
    assert sum(len(piece.numbers) for piece in made) == sum(seen) == len(set().union(*(p.numbers for p in made)))
    assert len(made) < len(seen), "what came soon after each other is sent together"


def test_nothing_waits_behind_elements_that_may_take_long(samples, tmp_path):
    opened = open_model(samples / "office.ifc", lazy=True)
    numbers = [product.id() for step in plan.Steps(opened.model) for product in step][:12]
    team = Team(Site(opened.model, str(opened.plain), str(tmp_path), 1.0), Limits(), 1, START)
    chunks, most = (plan.Chunk(single=(number,)) for number in numbers), []
    made = team.pieces(chunks, lambda begun: most.append(len(team._helpers[0].chunks)))
    assert sum(len(piece.numbers) for piece in made) == 12 and max(most) == 1, "another helper would have nothing to do"


def test_some_start_while_others_do_but_not_before_the_first_is_up(samples, tmp_path, monkeypatch):
    """That they do not start at all is heard of the first."""
    opened = open_model(samples / "office.ifc", lazy=True)
    team = Team(Site(opened.model, str(opened.plain), str(tmp_path), 1.0), Limits(), 8, START)
    made, starting = team_module._Helper, []

    def watched(*said):
        starting.append(sum(not helper.ready for helper in team._helpers))
        return made(*said)

    monkeypatch.setattr(team_module, "_Helper", watched)
    for _ in team.pieces(plan.chunks(opened.model, plan.Steps(opened.model), 8), lambda begun: None):
        pass
    assert starting[:3] == [0, 0, 1] and max(starting) < STARTING and len(starting) > 3


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked")
def test_who_is_done_is_not_waited_for(samples, tmp_path):
    opened = open_model(samples / "office.ifc", lazy=True)
    team = Team(Site(opened.model, str(opened.plain), str(tmp_path), 1.0), Limits(), 1, START)
    for _ in team.pieces(plan.chunks(opened.model, plan.Steps(opened.model), 1), lambda begun: None):
        [process] = [helper.process for helper in team._helpers]
        process.join = lambda timeout=None: pytest.fail("it was waited for")
    del process.join
    process.join(10.0)
    assert not process.is_alive()


def test_a_small_file_is_counted_when_it_is_said_and_not_at_the_end(samples, monkeypatch):
    counting = report.Counting(open_model(samples / "office.ifc", lazy=True))
    counting.begin()
    monkeypatch.setattr(report, "counts", lambda *said, **more: pytest.fail("it was counted at the end"))
    assert counting.all().entities == counting.opened.entities > 100


def test_what_is_there_before_a_file_comes_is_never_looked_through_by_the_collector():
    code = "import gc\nfrom bim import reader\nreader.warm()\nprint(gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 10_000
