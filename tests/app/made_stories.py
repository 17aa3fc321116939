"""A made story of rain over one sensor layer of the sample, and what stands for the scene while it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.discover import layer_types
from app.session import Session
from twin.camera import Camera
from twin.project import load
from twin.scenario import Chapter, Scenario

LAYER = "sensors.flood.underpass_depth"
HOME = Camera(position=(0.0, -900.0, 900.0), focus=(0.0, 0.0, 0.0))
EYE = Camera(position=(0.0, -500.0, 300.0), focus=(0.0, 0.0, 0.0))
RAIN = Scenario(
    id="rain", name="Rainstorm", name_zh="暴雨", about="An underpass floods.", end="2026-07-15T08:00+08:00",
    speed=300.0,
    visible=("g.sensors", LAYER), settings={LAYER: {"shape": "points", "size_px": 20.0}},
    chapters=(Chapter(time="2026-07-15T06:00+08:00", title="It rains", title_zh="下雨了", text="62 mm in an hour",
                      camera=EYE),
              Chapter(time="2026-07-15T06:41+08:00", title="25 cm", select=(f"{LAYER}/UP-001.flood.underpass_depth",))))


def rain_session(samples: Path) -> Session:
    """The sample with that layer and the water alone, read; who asks closes it."""
    layer_types()
    project = load(samples / "jiading.twin.json")
    others = [x.id for x in project.document.layers if x.id not in (LAYER, "water") and x.kind != "group"]
    document = replace(project.document.without(others), scenarios=(RAIN,))
    made = Session(replace(project, document=document))
    made.settle(240, only=("sensors", "vectors"))
    return made


class Eye:
    """Stands for the viewport: remembers where it was sent."""

    def __init__(self):
        self.flights = []

    def camera(self):
        return self.flights[-1] if self.flights else HOME

    def fly_to(self, camera, secs):
        self.flights.append(camera)
