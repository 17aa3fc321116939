"""The layers of the stories, and the rules that raise their alarms."""

from __future__ import annotations

from pathlib import Path

from data_samples import geography as geo
from data_samples.stories import (
    cases,
    crane,
    fire_plan,
    kit,
    pipes_now,
    proposals,
    rain_raster,
    rain_traffic,
    ring,
    site_plan,
)
from data_samples.systems import files
from twin.incidents.rule import AlarmRule
from twin.layer import Group, Layer
from twin.project import source_of

GROUP = "g.stories"
TRENCH = "story.trench"
# id, English, Chinese, observed property, colours, low, high, stale minutes
SENSORS = (
    ("rain.depth", "Underpass depth, 10 s", "下立交积水 10秒", "flood.underpass_depth", "lajolla", 0.0, 40.0, 5.0),
    ("rain.gauges", "Rain gauges, 1 min", "雨量站 1分钟", "met.rain", "lapaz", 0.0, 60.0, 5.0),
    ("rain.pumps", "Underpass pumps", "下立交水泵", "flood.pump", "batlow", 0.0, 2.0, 5.0),
    ("rain.barrier", "Underpass barrier", "下立交道闸", "flood.barrier", "lajolla", 0.0, 1.0, 5.0),
    ("rain.river", "Inner river level (Wusong)", "内河水位（吴淞）", "flood.river_level", "oslo", 2.4, 3.2, 15.0),
    ("fire.smoke", "Smoke in the office, 2 s", "办公楼烟雾 2秒", "fire.smoke", "magma", 0.0, 10.0, 2.0),
    ("fire.temp", "Warmth at detectors, 2 s", "探测器温度 2秒", "fire.temp", "inferno", 20.0, 75.0, 2.0),
    ("fire.doors", "Fire doors, 10 s", "防火门状态 10秒", "door.closed", "batlow", 0.0, 1.0, 1.0),
    ("fire.co", "CO at detectors, 10 s", "探测器一氧化碳 10秒", "fire.co", "inferno", 0.0, 200.0, 1.0),
    ("fire.water", "Water pressure, 10 s", "消防水压 10秒", "fire.water_pressure", "batlow", 0.1, 0.6, 1.0),
    ("fire.stairs", "Stair pressurisation, 10 s", "楼梯间正压 10秒", "fire.stair_pressure", "batlow", 0.0, 50.0, 1.0),
    ("climate.co2", "Classroom CO2, 1 min", "教室二氧化碳 1分钟", "bld.co2", "batlow", 400.0, 1600.0, 5.0),
    ("climate.temp", "Classroom temperature, 1 min", "教室温度 1分钟", "bld.temp", "vik", 22.0, 30.0, 5.0),
    ("climate.rh", "Classroom humidity, 1 min", "教室相对湿度 1分钟", "bld.rh", "deep", 40.0, 80.0, 5.0),
    ("climate.pm25", "Classroom PM2.5, 1 min", "教室 PM2.5 1分钟", "bld.pm25", "magma", 5.0, 60.0, 5.0),
    ("climate.people", "Pupils in the classroom", "教室在室人数", "bld.occupancy", "magma", 0.0, 40.0, 240.0),
    ("site.tsp", "Dust at the building site, 1 min", "工地扬尘 1分钟", "site.tsp", "lajolla", 0.0, 1.2, 5.0),
    ("site.pm10", "PM10 at the building site, 1 min", "工地 PM10 1分钟", "site.pm10", "lajolla", 0.0, 500.0, 5.0),
    ("site.pm25", "PM2.5 at the building site, 1 min", "工地 PM2.5 1分钟", "site.pm25", "lajolla", 0.0, 150.0, 5.0),
    ("site.noise", "Noise at the building site, 1 min", "工地噪声 1分钟", "site.noise", "lajolla", 40.0, 70.0, 5.0),
    ("site.moment", "Load moment of the crane, 10 s", "塔吊力矩比 10秒", "site.crane_moment", "lajolla", 0.0, 100.0, 15.0),
    ("site.jib", "Wind at the crane's jib, 1 min", "塔吊臂端风速 1分钟", "site.wind", "lapaz", 0.0, 14.0, 5.0),
    ("digging.pressure", "Water main at the trench, 5 min", "沟槽旁给水水压 5分钟", "water.main_pressure", "batlow", 0.1, 0.5, 15.0),
    ("digging.flow", "Flow in the pipes, 5 min", "管道流量 5分钟", "pipe.flow", "lapaz", 0.0, 800.0, 15.0),
    ("digging.gas", "Gas in the shafts, 1 min", "井内甲烷 1分钟", "ug.ch4", "lajolla", 0.0, 20.0, 5.0),
)

LABELLED = ("rain.depth", "site.tsp", "site.jib", "fire.water", "fire.stairs", "digging.pressure", "digging.flow",
            "digging.gas")


def layers(folder: Path) -> list[Layer]:
    """None of them shown at first; each names itself synthetic."""
    from layers.city import City
    from layers.equipment import Equipment
    from layers.flood import Flood
    from layers.flows import Flows
    from layers.incidents import Incidents
    from layers.profile import ProfileLine
    from layers.raster_series import Rasters
    from layers.roadside import RoadsideLayer
    from layers.sensor_points import SensorPoints
    from layers.sun_path import SunPath
    from layers.vehicles import Vehicles
    from layers.wind import Wind

    source = source_of(folder / kit.READINGS, positions=str(folder / kit.STREAMS))
    shared = {"group": GROUP, "synthetic": True, "visible": False}
    out: list[Layer] = [Group(id=GROUP, name="Stories", name_zh="情景数据")]
    out.append(Incidents(id="story.incidents", name="Incidents", name_zh="事件", group=GROUP, synthetic=True,
                         source=source_of(folder / cases.NAME)))
    out += [SensorPoints(id=f"story.{id}", name=en, name_zh=zh, source=source, observed=observed, colormap=colors, low=low,
                         high=high, stale_minutes=stale, size_px=16.0 if id.startswith("rain") else 10.0,
                         label=id in LABELLED, **shared)
            for id, en, zh, observed, colors, low, high, stale in SENSORS]
    out += [Flood(id="story.rain.water", name="Water in the underpass", name_zh="下立交积水水面", source=source,
                  observed="flood.underpass_depth", yellow=3.0, orange=15.0, red=25.0, stale_minutes=5.0, reach_m=110.0,
                  size_px=16.0, **shared),
            Flood(id="story.rain.river.surface", name="Inner river, water surface", name_zh="内河水面", source=source,
                  observed="flood.river_level", measures="level", datum="wusong", deep_cm=300.0, reach_m=600.0,
                  stale_minutes=15.0, **shared)]
    out += [Equipment(id="story.rain.arms", name="Barriers of the underpass", name_zh="下立交道闸（动作）", source=source,
                      observed="barrier.closed", arm_m=9.2, stale_minutes=5.0, **shared),
            Equipment(id="story.rain.running", name="Pumps of the underpass", name_zh="下立交水泵（运行）", source=source,
                      observed="pump.flow", second="pump.flow", model="pump", work=400.0, scale=1.2, stale_minutes=5.0,
                      **shared)]
    out += [Wind(id="story.wind", name="Wind", name_zh="风", source=source, observed="met.wind", second="met.wind_dir",
                 spacing_m=1500.0, **shared),
            Flows(id="story.flows", name="Traffic on the roads", name_zh="道路交通流", system="12.02",
                  source=source_of(folder / files.READINGS, reader="sensor-shapes",
                                   positions=str(folder / files.DATASTREAMS), shapes=str(folder / files.SHAPES)),
                  observed="traffic.speed", second="traffic.flow", low=10.0, high=55.0, widest_at=1800.0, **shared)]
    out.append(Rasters(id="story.rain.radar", name="Rain by radar", name_zh="雷达降雨", opacity=0.6, from_m=1500.0,
                       source=source_of(folder / rain_raster.NAME), **shared))
    out.append(Vehicles(id="story.rain.vehicles", name="Vehicles in the underpass", name_zh="下立交车辆", color_by="mode",
                        source=source_of(folder / rain_traffic.NAME), trail_secs=20.0, **shared))
    out += [*_fire_layers(folder, shared), *_site_layers(folder, source, shared)]
    out += [City(id=f"story.tower.{key}", name=name, name_zh=name_zh, color="#c8873c",
                 source=source_of(folder / proposals.name_of(key)), **shared)
            for key, (name, name_zh, _) in proposals.TOWERS.items()]
    out.append(SunPath(id="story.sun", name="Path of the sun", name_zh="太阳轨迹", easting=proposals.CENTRE[0] + 65.0,
                       northing=proposals.CENTRE[1] - 95.0, radius_m=260.0, **shared))
    out.append(Vehicles(id="story.ring.vehicles", name="One ring, three roads", name_zh="一环三路车辆", color_by="mode",
                        least_px=18.0, gap_secs=5.0, hold_secs=10.0, source=source_of(folder / ring.TRACKS), **shared))
    out.append(RoadsideLayer(id="story.ring.roadside", name="Roadside", name_zh="路侧", vehicles="story.ring.vehicles",
                             length_m=ring.LENGTH_M, source=source_of(folder / ring.ROADSIDE), **shared))
    out.append(ProfileLine(id=TRENCH, name="Trench", name_zh="沟槽", line=trench(), trench_depth_m=1.5, **shared))
    return out


def _fire_layers(folder: Path, shared: dict) -> list[Layer]:
    """The storey that burns, the others transparent about it, and the brigade's plan."""
    from layers.arrangement import EVERYTHING_GHOST, HIDDEN, Rule
    from layers.building import Building
    from layers.room_colors import RoomColors
    from layers.vectors import VectorLayer
    out: list[Layer] = []
    out.append(Building(id="story.fire.rooms", name="Office rooms by smoke", name_zh="办公楼房间烟雾",
                        source=source_of(folder / "office.ifc"), storey="5F", room_labels="name",
                        room_colors=RoomColors(observed="fire.smoke", value="max", stale_minutes=2.0), **shared))
    out.append(Building(id="story.fire.shell", name="Office, transparent", name_zh="办公楼（透明）", room_labels="none",
                        source=source_of(folder / "office.ifc"), arranged=(EVERYTHING_GHOST, Rule(show=HIDDEN, by="storey", values=("5F",))), **shared))
    out.append(VectorLayer(id="story.fire.plan", name="Exits, hydrants and ways", name_zh="出口、消火栓与路线",
                           source=source_of(folder / fire_plan.NAME), label_by="name", size_px=15.0, width_px=4.0,
                           color_by="kind", own_colors=(("exit", "#1a9850"), ("hydrant", "#d73027"), ("way", "#e66101"),
                                                        ("escape", "#66bd63")), **shared))
    return out


def _site_layers(folder: Path, source, shared: dict) -> list[Layer]:
    from layers.equipment import Equipment
    from layers.vectors import VectorLayer
    return [Equipment(id="story.site.crane", name="Tower crane", name_zh="塔吊", source=source, observed="site.crane_slew",
                      second="site.crane_moment", reach="site.crane_radius", model="crane", arm_m=crane.JIB_M,
                      mast_m=crane.MAST_M, **shared),
            VectorLayer(id="story.site.plan", name="Building site and what lies about it", name_zh="工地与周边",
                        source=source_of(folder / site_plan.NAME), label_by="name", in_time=True, fill_opacity=0.25,
                        width_px=2.5, color_by="kind",
                        own_colors=(("site", "#b8a07a"), ("stage", "#d98b3a"), ("yard", "#9a8c78"),
                                    ("school", "#7b5ea7"), ("class2", "#4a90b8")), **shared)]


def rules() -> tuple[AlarmRule, ...]:
    return (
        AlarmRule(id="story.rain", layer="story.rain.depth", observed="flood.underpass_depth", name="Underpass water depth",
                  name_zh="下立交积水深度", yellow=3.0, orange=15.0, red=25.0, clear=2.0,
                  basis="25 cm: Shanghai's warning line; 15 cm: a proposal"),
        AlarmRule(id="story.fire", layer="story.fire.smoke", observed="fire.smoke", name="Smoke", name_zh="烟雾", yellow=1.0,
                  orange=3.0, red=6.0, clear=0.8, basis="GB 4715 (value unverified)"),
        AlarmRule(id="story.noise", layer="story.site.noise", observed="site.noise", name="Site noise at night",
                  name_zh="工地夜间噪声", red=55.0, clear=54.0, min_secs=900.0, hours="22:00-06:00", basis="GB 12523: 55 dB(A) at night"),
        AlarmRule(id="story.crane", layer="story.site.moment", observed="site.crane_moment", name="Load moment of the crane",
                  name_zh="塔吊力矩比", yellow=90.0, red=100.0, clear=85.0, basis="90 and 100 % of the rated moment: a proposal"),
    )


def trench() -> tuple[tuple[float, float], ...]:
    """Across Yumin South Road, where the seven kinds of pipes lie side by side."""
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in
                 (geo.CENTRE.world(u, pipes_now.TRENCH_V)[0] for u in (-600.0, -550.0)))
