"""The sample project: which layers, how they look, and the views that are worth keeping."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data_samples.scenes import LAKE, MORNING, scenes
from data_samples.sensor_places import PROPERTIES
from data_samples.stories import story_layers, telling
from data_samples.systems.layers import is_of_tree, with_systems
from data_samples.value_words import words
from twin.buffers import Buffer, source_around
from twin.document import Document, Scene
from twin.frame import Frame
from twin.layer import LAYER_TYPES, Group, Layer
from twin.project import Project, View, save, source_of

NAME = "jiading.twin.json"

# observed property -> (English, Chinese, colours, low, high, shape, column height in m)
SENSOR_STYLES = {
    "noise.leq": ("Noise", "环境噪声", "lajolla", 40.0, 70.0, "points", 120.0),
    "traffic.speed": ("Traffic speed", "平均车速", "roma", 10.0, 55.0, "columns", 90.0),
    "traffic.flow": ("Traffic flow", "交通流量", "batlow", 0.0, 2400.0, "columns", 140.0),
    "air.pm25": ("PM2.5", "细颗粒物 PM2.5", "magma", 10.0, 60.0, "points", 300.0),
    "met.rain": ("Rain intensity", "雨强", "lapaz", 0.0, 60.0, "points", 300.0),
    "met.temp": ("Air temperature", "气温", "thermal", 25.0, 38.0, "points", 300.0),
    "met.humidity": ("Relative humidity", "相对湿度", "deep", 50.0, 100.0, "points", 300.0),
    "flood.underpass_depth": (
        "Underpass water depth",
        "下立交积水深度",
        "lajolla",
        0.0,
        40.0,
        "columns",
        250.0,
    ),
    "water.level": ("Water level", "水位", "oslo", 0.9, 1.4, "points", 120.0),
    "ug.sewer_fill": ("Sewer filling", "排水管充满度", "lapaz", 0.0, 100.0, "points", 120.0),
    "crowd.count": ("People count", "人流量", "magma", 0.0, 400.0, "columns", 120.0),
    "energy.load": ("Power load", "用电负荷", "inferno", 0.0, 600.0, "columns", 140.0),
    "lamp.level": ("Street lamps", "路灯亮度", "cividis", 0.0, 100.0, "points", 60.0),
    "bld.co2": ("Room CO2", "室内二氧化碳", "batlow", 400.0, 1200.0, "points", 6.0),
    "bld.temp": ("Room temperature", "室内温度", "vik", 22.0, 30.0, "points", 6.0),
    "fire.smoke": ("Smoke", "烟雾浓度", "magma", 0.0, 3.0, "points", 6.0),
}
# The same stations in two other looks: id, English, Chinese, shape, labels.
PM25 = "air.pm25"
PM25_LOOKS = (("surface", "PM2.5 between the stations", "PM2.5 站间插值面", "surface", False),
              ("columns", "PM2.5 as columns", "PM2.5 柱状图", "columns", True))
IN_ROOMS = ("bld.co2", "bld.temp", "fire.smoke")
HIDDEN_AT_FIRST = {"district.outline", "zones", "towns", "blocks", "roads", "green", "protection11", "orthophoto"}
# group -> (English, Chinese, layers); a layer is (kind, id, English, Chinese, file, style)
WATER = {"color": "#9cc4d8", "fill_opacity": 1.0, "width_px": 0.0}
GREEN = {"color": "#cfdcb8", "fill_opacity": 0.7, "width_px": 0.0}
ROOFS = {"reach_m": 900.0, "sign_until_m": 3000.0}
HOUSES = {"sign_until_m": 3000.0}  # farther away, blocks and towns say it
STATION = {"symbol": "station", "color": "#8c3b4a", "size_px": 10.0, "label_by": "name"}
OUTLINE = {"color": "#6b7684", "fill_opacity": 0.0, "label_by": "name"}
PROTECTION = {"around": Buffer(50.0, "networks"), "color": "#e8590c", "fill_opacity": 0.16, "label_by": ""}
TOWNS = {"label_by": "name", "from_m": 3000.0}  # nearer, the blocks say it
# In the order of the list: what is higher lies on top, the ground comes last.
GROUPS = {
    "g.zones": (
        "Zones",
        "分区",
        ("zones", "district.outline", "District outline", "嘉定区界", "district.geojson", OUTLINE),
        ("zones", "blocks", "City blocks", "街坊", "blocks.geojson", {"label_by": "name", "until_m": 5000.0}),
        ("zones", "towns", "Towns (sketch)", "街镇(示意)", "towns.geojson", TOWNS),
        ("zones", "zones", "Demonstration areas", "示范区", "zones.geojson", {"label_by": "name"}),
    ),
    "g.sensors": ("Sensors", "感知"),
    "g.transit": (
        "Transit",
        "轨道交通",
        ("vectors", "metro11", "Metro line 11", "轨道交通11号线", "metro11.geojson", {"color": "#8c3b4a", "width_px": 2.5}),
        ("vectors", "stations", "Stations", "车站", "stations.geojson", STATION),
        ("vehicles", "vehicles", "Vehicles", "车辆", "vehicles.parquet", {}),
    ),
    "g.bim": (
        "BIM",
        "建筑信息模型",
        ("building", "office", "Lakeside office", "湖畔办公楼", "office.ifc", {}),
        ("building", "school", "Lakeside school", "远香湖小学", "school.ifc", {}),
        ("building", "underpass", "Huyi underpass", "沪宜公路下立交", "underpass.ifc", {}),
    ),
    "g.underground": (
        "Underground",
        "地下空间",
        ("networks", "pipes", "Pipes", "地下管线", "pipes.geojson", {}),
        ("networks", "manholes", "Manholes", "检查井", "manholes.geojson", {}),
        ("networks", "shelters", "Civil defence shelters", "民防工程", "shelters.geojson", {"opacity": 0.75}),
        ("networks", "tunnel11", "Line 11 tunnel", "11号线隧道", "line11_tunnel.geojson", {}),
        ("zones", "protection11", "Line 11 protection zone", "11号线保护区", "line11_tunnel.geojson", PROTECTION),
        ("networks", "viaduct11", "Line 11 viaduct", "11号线高架", "line11_viaduct.geojson", {}),
    ),
    "g.city": (
        "City",
        "城市",
        ("city", "buildings", "Buildings", "建筑", "buildings.fgb", HOUSES),
        ("city", "roofs", "Lakeside roofs (LoD2)", "湖畔建筑屋顶（LoD2）", "lakeside.city.json", ROOFS),
        ("vectors", "trees", "Trees", "树木", "trees.fgb", {"symbol": "tree", "color": "#8fae7c"}),
        ("vectors", "roads", "Roads", "道路", "roads.geojson", {"color": "#b9b6ae", "width_px": 1.5}),
        ("vectors", "green", "Parks and green", "公园绿地", "green.geojson", GREEN),
        ("vectors", "water", "Waters", "水系", "water.geojson", WATER),
    ),
    "g.ground": (
        "Terrain & imagery",
        "地形与影像",
        ("terrain", "terrain.underpass", "Huyi underpass, survey", "沪宜下立交地形", "underpass.tif", {}),
        ("terrain", "terrain", "Terrain", "地形", "terrain.tif", {}),
        ("imagery", "orthophoto", "Lake orthophoto", "远香湖正射影像", "orthophoto.tif", {}),
        ("imagery", "basemap", "Lake plan", "远香湖底图", "basemap.tif", {}),
        ("imagery", "basemap.district", "District plan", "全区底图", "basemap_district.tif", {}),
    ),
}


def write_project(folder: Path, scale: str = "sample") -> Path:
    """`jiading.twin.json` beside its files. Its layer types are imported here: they live in another room."""
    path = folder / NAME
    layers = _layers(folder, scale)
    kept = scenes(layers)
    usual = tuple(layer.id for layer in layers if layer.visible)
    told = scale == "sample"
    if told:
        layers = [*story_layers.layers(folder), *with_systems(layers, folder)]
    document = Document(
        name="Jiading, Shanghai (synthetic sample)",
        name_zh="上海嘉定(合成示例)",
        frame=Frame(),
        layers=tuple(layers),
        scenes=_with_groups(kept, layers),
        rules=story_layers.rules() if told else (),
        scenarios=telling.scenarios(usual) if told else (),
        words=words(),
    )
    folded = tuple(x.id for x in layers if is_of_tree(x) or x.id == story_layers.GROUP)
    view = View(camera=LAKE, time=MORNING, speed=600.0, loop=True, folded=folded)
    save(Project(document=document, view=view, path=path), path)
    return path


def _with_groups(scenes: tuple[Scene, ...], layers: list[Layer]) -> tuple[Scene, ...]:
    """The groups of the systems stay open to what somebody shows in them, whatever the scene."""
    groups = tuple(x.id for x in layers if is_of_tree(x))
    return tuple(replace(s, visible=tuple(dict.fromkeys((*s.visible, *groups)))) for s in scenes)


def _layers(folder: Path, scale: str) -> list[Layer]:
    """Every group with its layers; the fleet of the large scale is there but not shown at first."""
    from layers import building, city, imagery, networks, terrain, vectors, vehicles, zones  # noqa: F401 - they register

    hidden = HIDDEN_AT_FIRST if scale == "sample" else HIDDEN_AT_FIRST | {"vehicles"}
    out: list[Layer] = []
    for group, (name, name_zh, *rows) in GROUPS.items():
        out.append(Group(id=group, name=name, name_zh=name_zh))
        for kind, id, english, chinese, file, style in rows:
            if id == "roofs" and scale != "sample":
                continue
            about = {"id": id, "name": english, "name_zh": chinese, "group": group, "synthetic": True}
            looks = {name: value for name, value in style.items() if name != "around"}
            source = source_of(folder / file)
            source = source_around(source, style["around"]) if "around" in style else source
            out.append(LAYER_TYPES[kind](**about, source=source, visible=id not in hidden, **looks))
        if group == "g.bim" and scale == "sample":
            out.append(_rooms_layer(folder, "office", "Office rooms by CO2", "办公楼房间二氧化碳"))
            out.append(_rooms_layer(folder, "school", "School rooms by CO2", "学校房间二氧化碳"))
        if group == "g.sensors":
            out += _sensor_layers(folder, scale)
    return out


def _rooms_layer(folder: Path, of: str, name: str, name_zh: str) -> Layer:
    """A house once more, its storeys pulled apart and its rooms coloured by their CO2."""
    from layers.building import Building
    from layers.room_colors import RoomColors

    return Building(
        id=f"{of}.rooms",
        name=name,
        name_zh=name_zh,
        group="g.bim",
        source=source_of(folder / f"{of}.ifc"),
        synthetic=True,
        visible=False,
        apart_m=4.0,
        room_labels="name",
        room_colors=RoomColors(observed="bld.co2", value="max"),
    )


def _sensor_layers(folder: Path, scale: str) -> list[Layer]:
    from layers.sensor_points import SensorPoints

    source = source_of(folder / "sensors.parquet", positions=str(folder / "sensors.csv"))
    def layer(id: str, name: str, name_zh: str, observed: str, shape: str, **more) -> Layer:
        _, _, colors, low, high, _, tall = SENSOR_STYLES[observed]
        more = {"column_height_m": tall, **more}
        return SensorPoints(id=f"sensors.{id}", name=name, name_zh=name_zh, group="g.sensors", source=source, synthetic=True,
                            observed=observed, colormap=colors, low=low, high=high, shape=shape, **more)

    out = [layer(observed, en, zh, observed, shape, visible=observed == "noise.leq", size_px=_size_px(observed, scale))
           for observed, (en, zh, _, _, _, shape, _) in SENSOR_STYLES.items()
           if observed in PROPERTIES and not (scale == "district" and observed in IN_ROOMS)]
    return out + [layer(f"{PM25}.{id}", en, zh, PM25, shape, visible=False, label=label,
                        **({"column_height_m": 2600.0} if shape == "columns" else {}))
                  for id, en, zh, shape, label in PM25_LOOKS if scale == "sample"]


def _size_px(observed: str, scale: str) -> float:
    """Thousands over a district would hide it."""
    if scale == "district":
        return 4.0
    return 8.0 if observed in IN_ROOMS else 14.0 if observed == "met.rain" else 11.0
