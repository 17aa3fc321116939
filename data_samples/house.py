"""What every house of the sample consists of in IFC: site, building and storeys, rooms, furniture, devices on the walls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, sin

from data_samples import geography as geo
from data_samples import house_fabric as fabric
from data_samples import house_frame as frame
from data_samples.house_fabric import Parts
from data_samples.house_plan import SLAB_M, HousePlan, Room
from data_samples.ifc_kit import Kit
from data_samples.sensor_places import Sensor

# observed property -> (predefined type of the IfcSensor, metres above the floor)
DEVICES = {
    "bld.co2": ("CO2SENSOR", 1.4),
    "bld.temp": ("TEMPERATURESENSOR", 1.5),
    "bld.rh": ("HUMIDITYSENSOR", 1.5),
    "bld.pm25": ("USERDEFINED", 1.6),
    "fire.smoke": ("SMOKESENSOR", 2.9),
}


@dataclass(frozen=True)
class Place:
    """Where a house stands: easting and northing of its south-west corner, counter-clockwise from east, floor (1985)."""

    corner: tuple[float, float]
    angle_rad: float
    floor_m: float

    @classmethod
    def about(cls, middle: tuple[float, float], length_m: float, depth_m: float, angle_rad: float, floor_m: float) -> Place:
        place = cls(middle, angle_rad, floor_m)
        return cls(place.to_map(-length_m / 2, -depth_m / 2), angle_rad, floor_m)

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        """Easting and northing of a place in the house's own metres."""
        c, s = cos(self.angle_rad), sin(self.angle_rad)
        return (self.corner[0] + x * c - y * s, self.corner[1] + x * s + y * c)


def structure(kit: Kit, plan: HousePlan, site: str, building: str, occupancy: str) -> list:
    """The storeys, in their building, on its site."""
    ground = kit.element("IfcSite", site, CompositionType="ELEMENT")
    house = kit.element("IfcBuilding", building, within=ground, CompositionType="ELEMENT")
    storeys = [
        kit.element(
            "IfcBuildingStorey",
            f"{n}F",
            None,
            (0, 0, plan.elevation(n)),
            0.0,
            house,
            Elevation=plan.elevation(n),
            CompositionType="ELEMENT",
        )
        for n in range(1, plan.storeys + 1)
    ]
    for whole, members in ((kit.project, [ground]), (ground, [house]), (house, storeys)):
        kit.relate("IfcRelAggregates", RelatingObject=whole, RelatedObjects=members)
    about = {"NumberOfStoreys": plan.storeys, "OccupancyType": occupancy, "IsLandmarked": False}
    kit.pset([house], "Pset_BuildingCommon", about)
    kit.pset([house], "CityTwin_Sample", {"Synthetic": True, "Source": geo.SOURCE})
    return storeys


def fill(kit: Kit, plan: HousePlan, parts: Parts, storeys: list, seats: dict[str, float],
         furnish: Callable[[object, Room], list], devices: Callable[[object, Room], list]) -> tuple[list, dict]:
    """Walls, slabs, rooms and what stands in them, storey by storey; what `devices` made in them, and the rooms by name.

    `furnish` and `devices` are asked for each room of a storey; `devices` gives (sensor, IFC element); `seats` are square
    metres per person by usage.
    """
    sensors: list[Sensor] = []
    spaces: dict[str, object] = {}
    for number, storey in enumerate(storeys, 1):
        found, rooms = _fill_storey(kit, plan, parts, storey, number, seats, furnish, devices)
        sensors += found
        spaces |= rooms
    return sensors, spaces


def _fill_storey(kit: Kit, plan: HousePlan, parts: Parts, storey, number: int, seats: dict[str, float],
                 furnish: Callable[[object, Room], list], devices: Callable[[object, Room], list]) -> tuple[list, dict]:
    made = [*fabric.walls(kit, plan, parts, storey, number), *frame.slab_and_columns(kit, plan, storey, number)]
    rooms = plan.rooms(number)
    height = plan.floor_height(number) - SLAB_M
    spaces = {room.name: space(kit, storey, room, height, seats) for room in rooms}
    kit.relate("IfcRelAggregates", RelatingObject=storey, RelatedObjects=list(spaces.values()))
    made += [piece for room in rooms for piece in furnish(storey, room)]
    made += frame.stairs(kit, plan, storey, number)
    own = [device for room in rooms for device in devices(storey, room)]
    kit.relate(
        "IfcRelContainedInSpatialStructure",
        RelatedElements=[*made, *(element for _, element in own)],
        RelatingStructure=storey,
    )
    return [sensor for sensor, _ in own], spaces


def space(kit: Kit, storey, room: Room, height_m: float, seats: dict[str, float]):
    """The room as an IfcSpace; `seats`: square metres per person by usage."""
    x0, y0, x1, y1 = room.inner
    made = kit.element(
        "IfcSpace",
        room.name,
        kit.shape([kit.box(0, 0, 0, x1 - x0, y1 - y0, height_m, "space")]),
        (x0, y0, 0.0),
        0.0,
        storey,
        LongName=f"{room.usage_zh} / {room.usage}",
        CompositionType="ELEMENT",
        PredefinedType="INTERNAL",
    )
    common = {"Reference": room.name, "IsExternal": False, "PubliclyAccessible": room.storey == 1}
    kit.pset([made], "Pset_SpaceCommon", common)
    people = int(room.area_m2 // seats.get(room.usage, 1000))
    kit.pset(
        [made], "Pset_SpaceOccupancyRequirements", {"OccupancyType": room.usage, "OccupancyNumber": people}
    )
    kit.quantities(
        made,
        "Qto_SpaceBaseQuantities",
        {"NetFloorArea": room.area_m2},
        {"Height": height_m},
        {"NetVolume": room.area_m2 * height_m},
    )
    return made


def piece(kit: Kit, source, storey, name: str, x: float, y: float, turn_rad: float, kind: str):
    """A piece of furniture of the shared shape `source`."""
    return kit.element(
        "IfcFurniture", name, kit.mapped(source), (x, y, 0.0), turn_rad, storey, PredefinedType=kind
    )


def device(kit: Kit, parts: Parts, storey, sensor: Sensor, x: float, y: float):
    """The sensor's box in its room; the tag is the id of its datastream."""
    kind, above = DEVICES[sensor.observed]
    more = {"ObjectType": sensor.observed} if kind == "USERDEFINED" else {}
    element = kit.element(
        "IfcSensor",
        sensor.name,
        kit.mapped(parts.device),
        (x, y, above),
        0.0,
        storey,
        Tag=sensor.id,
        PredefinedType=kind,
        **more,
    )
    said = {"Datastream": sensor.id, "Room": sensor.room, "Synthetic": True}
    kit.pset([element], "CityTwin_Sensor", said)
    return element
