"""The layers of the systems, in a tree of groups by the items of the plan. All but those that make the first picture
are off until somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from data_samples.systems import files, fleet
from data_samples.systems.table import ALSO, ELSEWHERE, FLEETS, SCENES, SHARED, SPECS, Spec
from twin.layer import Group, Layer
from twin.project import source_of
from twin.systems.catalogue import System, items, systems

ROOT = "g.systems"
VEHICLE_PX = 13.0


def is_of_tree(layer: Layer) -> bool:
    """A group of the tree of systems."""
    return isinstance(layer, Group) and layer.id.startswith((ROOT, item_group(0)[:-2]))


def item_group(number: int) -> str:
    return f"g.item.{number:02d}"


def with_systems(layers: list[Layer], folder: Path) -> list[Layer]:
    """`layers` with the systems they belong to, and the tree of all systems over them."""
    of = {id: key for key, ids in {**ALSO, **ELSEWHERE}.items() for id in ids}
    return [*_tree(layers, folder), *(replace(x, system=of[x.id]) if x.id in of else x for x in layers)]


def _tree(layers: list[Layer], folder: Path) -> Iterable[Layer]:
    specs = {spec.key: spec for spec in SPECS}
    scenes = {group: key for key, group in SCENES.items()}
    yield Group(id=ROOT, name="Systems of the plan", name_zh="行动方案的系统", system=scenes[ROOT])
    for item in items().values():
        own = [s for s in systems().values() if s.item == item.number and s.spatial]
        if not own:
            continue
        group = item_group(item.number)
        yield Group(id=group, name=f"{item.number} {item.name_en}", name_zh=f"{item.number} {item.name_zh}", group=ROOT,
                    system=scenes.get(group, ""))
        for system in own:
            if system.key in specs:
                yield _measured(system, specs[system.key], group, folder)
            elif system.key in SHARED:
                yield _shared(system, group, layers)
            elif system.key in FLEETS:
                yield _moving(system, group, folder)


def _about(system: System, group: str) -> dict:
    return {"id": f"system.{system.key}", "name": system.name_en, "name_zh": system.name_zh, "group": group,
            "system": system.key, "visible": False, "synthetic": True}


def _measured(system: System, spec: Spec, group: str, folder: Path) -> Layer:
    """All of them have one source, which is read when the first is shown."""
    from layers.sensor_points import SensorPoints

    source = source_of(folder / files.READINGS, reader="sensor-shapes", positions=str(folder / files.DATASTREAMS),
                       shapes=str(folder / files.SHAPES))
    first = spec.measures[0]
    return SensorPoints(**_about(system, group), source=source, observed=first.observed, shape=spec.shape,
                        colormap=spec.colormap, low=first.low, high=first.high, size_px=11.0,
                        stale_minutes=float(spec.stale_min))


def _shared(system: System, group: str, layers: list[Layer]) -> Layer:
    """The look and the source of the layer among the city's sensors."""
    return replace(next(x for x in layers if x.id == f"sensors.{SHARED[system.key]}"), **_about(system, group))


def _moving(system: System, group: str, folder: Path) -> Layer:
    from layers.vehicles import Vehicles

    return Vehicles(**_about(system, group), source=source_of(folder / fleet.NAME, part=system.key), color_by="speed",
                    least_px=VEHICLE_PX, gap_secs=3 * fleet.STEP_SECS, hold_secs=120.0)
