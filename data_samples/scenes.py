"""The views of the sample project that are worth keeping: from where, when, and what is shown."""

from __future__ import annotations

from data_samples import geography as geo
from data_samples.plan import office_at, school_at
from twin.camera import Camera
from twin.document import Scene
from twin.frame import Frame
from twin.layer import Layer

MORNING = "2026-07-15T08:00:00+08:00"
RAIN = "2026-07-15T06:41:00+08:00"
NIGHT = "2026-07-15T21:30:00+08:00"
NOISE = ("sensors.noise.leq",)


def _uv(u: float, v: float) -> tuple[float, float]:
    return tuple(float(c) for c in geo.CENTRE.world(u, v)[0])


def _camera(focus, distance: float, azimuth_deg: float, tilt_deg: float, view_angle_deg: float = 30.0) -> Camera:
    """`focus` in easting, northing, height of the project CRS."""
    origin = Frame().origin
    return Camera.looking_at(
        tuple(round(a - b, 2) for a, b in zip(focus, origin)),
        distance=distance,
        azimuth_deg=azimuth_deg,
        tilt_deg=tilt_deg,
        view_angle_deg=view_angle_deg,
    )


# From the south-east over the lake to the north-west, up to the horizon; the morning sun is behind.
LAKE = _camera((*_uv(60, 60), 10), 1550, 304, 16, 37.0)
# Along Yumin South Road to the north, low over the pipes.
UNDERGROUND = _camera((*_uv(-575, 60), -3), 150, 332.4, 15)
OFFICE = _camera((*office_at(), 11), 165, 328, 17)
# From so high that the floors of all storeys show.
ROOMS = _camera((*office_at(), 24), 150, 328, 38)
SCHOOL = _camera((*school_at(), 6), 150, 232, 24)
DISTRICT = _camera((618100, 3471300, 0), 46000, 8, 47)
COLUMNS = _camera((618100, 3470300, 0), 21000, 8, 36)
SHOWER = _camera((618200, 3471200, 0), 9000, 338, 30)
STREETS = _camera((*_uv(0, -250), 3), 3600, 20, 38)
AIR = _camera((*_uv(0, 190), 5), 1800, 330, 42)
SHORE = _camera((*_uv(30, 120), 20), 1750, 342, 19)

# (id, English, Chinese, camera, time, ground opacity, what is shown besides the usual, what is not)
ROWS = (
    ("lake", "Lake in the morning", "远香湖的早晨", LAKE, MORNING, 1.0, (), ()),
    ("air", "Lake from the air", "远香湖航拍", AIR, "2026-07-15T10:30:00+08:00", 1.0, ("orthophoto",), (*NOISE, "trees", "water", "vehicles")),
    ("office", "The office", "湖畔办公楼", OFFICE, "2026-07-15T10:30:00+08:00", 1.0, ("sensors.bld.co2",), (*NOISE, "vehicles")),
    ("school", "The school", "远香湖小学", SCHOOL, "2026-07-15T10:30:00+08:00", 1.0, (), (*NOISE, "vehicles")),
    ("rooms", "Rooms by CO2", "房间二氧化碳", ROOMS, "2026-07-15T14:00:00+08:00", 1.0, ("office.rooms",), ("office", *NOISE, "trees", "vehicles")),
    ("district", "The district", "全区", DISTRICT, MORNING, 1.0, ("district.outline", "zones", "sensors.air.pm25"), (*NOISE, "trees", "vehicles")),
    ("pm25", "PM2.5 between the stations", "PM2.5 站间插值面", DISTRICT, MORNING, 1.0, ("district.outline", "sensors.air.pm25.surface"), (*NOISE, "trees", "vehicles", "metro11", "stations")),
    ("columns", "PM2.5 as columns", "PM2.5 柱状图", COLUMNS, MORNING, 1.0, ("district.outline", "sensors.air.pm25.columns"), (*NOISE, "trees", "vehicles", "metro11", "stations")),
    ("rain", "The shower", "阵雨过境", SHOWER, RAIN, 1.0, ("sensors.flood.underpass_depth", "sensors.met.rain"), NOISE),
    ("traffic", "Morning peak", "早高峰", STREETS, "2026-07-15T08:10:00+08:00", 1.0, ("sensors.traffic.speed",), NOISE),
    ("night", "Night at the lake", "远香湖之夜", SHORE, NIGHT, 1.0, ("sensors.lamp.level",), NOISE),
    ("underground", "Underground", "地下", UNDERGROUND, "2026-07-15T10:30:00+08:00", 0.32, ("protection11",), (*NOISE, "trees", "vehicles", "metro11", "stations")),
)


def scenes(layers: list[Layer]) -> tuple[Scene, ...]:
    usual = {layer.id for layer in layers if layer.visible}
    return tuple(
        Scene(
            id=id,
            name=name,
            name_zh=name_zh,
            camera=camera,
            time=time,
            ground_opacity=opacity,
            visible=tuple(x.id for x in layers if x.id in (usual | {*shown}) - {*hidden}),
        )
        for id, name, name_zh, camera, time, opacity, shown, hidden in ROWS
    )
