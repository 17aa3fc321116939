"""What the product reads and says of the stories' files, for tests of their numbers."""

from __future__ import annotations

import json
from pathlib import Path

from app.cli import main
from app.discover import layer_types
from twin import times
from twin.data import Sensors
from twin.incidents.events import events_of
from twin.project import Project, load
from twin.readers import Progress, Request, discover, read


def told_project(samples: Path) -> Project:
    """The sample, with every reader and layer type known."""
    layer_types()
    discover()
    return load(samples / "jiading.twin.json")


def told_sensors(project: Project) -> Sensors:
    """What the product reads from the stories' table."""
    layer = project.document.layer("story.rain.depth")
    return read(Request(source=layer.source, kind="sensors", frame=project.document.frame), Progress())


def at(clock: str, day: str = "2026-07-15") -> int:
    return times.parse(f"{day}T{clock}+08:00")


def value(stories, id: str, time_ns: int) -> float:
    values, _ = stories.history.latest_at(time_ns)
    return float(values[stories.features.column("id").to_pylist().index(id)])


def events(project, stories, rule: str):
    found = next(r for r in project.document.rules if r.id == rule)
    layer = project.document.layer(found.layer)
    return events_of(found, stories, round(layer.stale_minutes * times.MINUTE))


def chapter_ns(project, scenario: str, title: str) -> tuple[int, int]:
    """From when until when it is told."""
    told = next(s for s in project.document.scenarios if s.id == scenario)
    starts = [*(times.parse(c.time) for c in told.chapters), times.parse(told.end)]
    row = next(n for n, c in enumerate(told.chapters) if c.title == title)
    return starts[row], starts[row + 1]


def said(capsys, *arguments):
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)
