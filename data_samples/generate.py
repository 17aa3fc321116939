"""Write the sample project and its files. The same call writes the same content every time."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from data_samples import (
    basemap,
    greenery,
    orthophoto,
    readings,
    relief,
    roofs,
    sensor_places,
    underground,
    underpass,
    vector_files,
    vehicles,
)
from data_samples.office import write_office
from data_samples.plan import Plan, make_plan, office_at, school_at
from data_samples.project_file import write_project
from data_samples.school import write_school
from twin.text import tr
from twin.trouble import Trouble

SCALES = ("sample", "district")
PLINTH_M = 0.35  # the ground floors of office and school above the ground

Progress = Callable[[float, float, str], None]


def generate(folder: Path, scale: str = "sample", progress: Progress | None = None) -> Path:
    """Write `jiading.twin.json` and its files into `folder`; the path of the project.

    `scale` "district" has 300,000 buildings, 220,000 sensors and 450 vehicles instead (about 400 MB).
    `progress` is told the finished share, 1.0 (all), and what is being made. Raises Trouble where it cannot write.
    """
    if scale not in SCALES:
        raise Trouble(
            tr("There is no such scale."), cause=scale, way_out=tr("Use one of: {names}.", names=", ".join(SCALES))
        )
    folder = Path(folder).resolve()
    say = progress or (lambda share, all, text: None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        say(0.0, 1.0, tr("Plan of the city"))
        plan = make_plan()
        _ground_and_city(folder, plan, say)
        say(0.45, 1.0, tr("Buildings"))
        office = _built(write_office, folder / "office.ifc", office_at(), plan)
        school = _built(write_school, folder / "school.ifc", school_at(), plan)
        _moving(folder, plan, scale, office, say)
        if scale == "sample":
            say(0.7, 1.0, tr("Systems and stories"))
            _systems(folder, plan)
            _stories(folder, plan, office, school)
    except OSError as error:
        raise Trouble(
            tr("The sample project could not be written."),
            cause=error.strerror or str(error),
            way_out=tr("Choose another folder or free some space."),
            path=str(folder),
        ) from error
    path = write_project(folder, scale)
    say(1.0, 1.0, "")
    return path


def _ground_and_city(folder: Path, plan: Plan, say: Progress) -> None:
    """Terrain, pictures, vectors."""
    say(0.1, 1.0, tr("Terrain"))
    park = greenery.lake_park(plan)
    trees = greenery.trees(plan, park)
    grid = relief.heights(plan)
    relief.write(folder / "terrain.tif", grid)
    underground.write(folder, grid)
    underpass.write(folder, grid)
    from data_samples import geography as geo

    say(0.15, 1.0, tr("Pictures of the ground"))
    basemap.write_picture(folder / "basemap.tif", basemap.detail(plan, park, trees), geo.DETAIL, 90)
    basemap.write_picture(folder / "basemap_district.tif", basemap.district(plan), geo.EXTENT, 86)
    orthophoto.write(folder / orthophoto.NAME, plan, park, trees)
    say(0.4, 1.0, tr("Water, roads and green"))
    vector_files.trees(folder / "trees.fgb", trees)
    vector_files.water(folder / "water.geojson", plan)
    vector_files.green(folder / "green.geojson", plan, park)
    vector_files.roads(folder / "roads.geojson", plan)
    vector_files.metro(folder / "metro11.geojson", folder / "stations.geojson")
    vector_files.district(folder / "district.geojson")
    vector_files.zones(folder / "zones.geojson")
    vector_files.towns(folder / "towns.geojson")
    vector_files.blocks(folder / "blocks.geojson", plan)


class Built(NamedTuple):
    """A house with an IFC file: its sensors, and the height (1985) of its ground floor."""

    sensors: list
    floor_m: float


def _built(write: Callable[[Path, tuple, float], list], path: Path, middle: tuple[float, float], plan: Plan) -> Built:
    floor_m = round(float(relief.GroundAt(relief.heights(plan))([middle])[0]) + PLINTH_M, 2)
    return Built(write(path, middle, floor_m), floor_m)


def _moving(folder: Path, plan: Plan, scale: str, office: Built, say: Progress) -> None:
    """Buildings, sensors, vehicles: what differs between the scales."""
    if scale == "district":
        from data_samples import district

        district.write_buildings(folder / "buildings.fgb", plan)
        district.write_sensors(folder, district.sensors(plan),
                               lambda share: say(0.6 + 0.3 * share, 1.0, tr("Readings of sensors")))
        say(0.9, 1.0, tr("Vehicles"))
        district.write_vehicles(folder / "vehicles.parquet", plan)
        return
    vector_files.buildings(folder / "buildings.fgb", plan)
    roofs.write(folder / roofs.NAME, plan, relief.heights(plan))
    say(0.55, 1.0, tr("Readings of sensors"))
    found = [*sensor_places.city_sensors(plan), *office.sensors]
    readings.write_readings(folder / "sensors.parquet", found)
    readings.write_sensors(folder / "sensors.csv", found, office.floor_m)
    say(0.65, 1.0, tr("Vehicles"))
    vehicles.write_vehicles(folder / "vehicles.parquet", plan)


def _stories(folder: Path, plan: Plan, office: Built, school: Built) -> None:
    """What the scenarios tell."""
    from data_samples.stories import (
        cases,
        climate,
        crane,
        fire,
        fire_plan,
        fire_plant,
        kit,
        pipes_now,
        proposals,
        rain,
        rain_raster,
        rain_traffic,
        ring,
        site,
        site_plan,
    )

    told = [*rain.said(), *fire.said(*office), *fire.doors(folder / "office.ifc"),
            *fire_plant.said(*office), *climate.said(*school), *site.said(), *crane.said(),
            *pipes_now.said()]
    kit.write(folder, told)
    cases.write(folder)
    rain_raster.write(folder)
    rain_traffic.write(folder)
    proposals.write(folder)
    ring.write(folder, plan)
    fire_plan.write(folder, office.floor_m)
    site_plan.write(folder, plan)


def _systems(folder: Path, plan: Plan) -> None:
    """What the systems of the plan say and move."""
    from data_samples.systems import files, fleet

    fleet.write_fleet(folder / fleet.NAME, plan)
    files.write_systems(folder, plan)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    parser.add_argument("--scale", choices=SCALES, default="sample")
    options = parser.parse_args()
    print(generate(options.folder, options.scale))


if __name__ == "__main__":
    main()
