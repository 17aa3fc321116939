"""Where things are: the few coordinates that the generator starts from, with source and stated error.

All coordinates are EPSG:4549 (CGCS2000 / 3-degree Gauss-Kruger CM 120E), easting then northing, metres.
Only the metro stations are good to about 80 m (two published sets agree after conversion from
GCJ-02 and BD-09). Everything else is an honest sketch from public descriptions, for demonstration: the
district outline +-600 m, the lake and the streets beside it +-500 m, rivers +-1 km, expressways
+-1.5 km. It is no survey and no map, and is to be replaced by the user's own files.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

CRS = "EPSG:4549"
SOURCE = "citytwin data_samples generator (synthetic)"
WATER_LEVEL_M = 1.0  # 1985 height that inner rivers and the lake are held at

# The streets of the new city run parallel to the line between two verified stations, and across it.
GRID_ORIGIN = np.array([618946.0, 3470900.0])
GRID_ANGLE_DEG = 27.64

LAKE_UV = (0.0, 262.0)  # centre of Yuanxiang Lake in the street grid, +-500 m
LAKE_AREA_HA = 33.85  # published water area


@dataclass(frozen=True)
class Grid:
    """A street grid: metres along (`u`) and across (`v`) its own axes, gently curved in the world.

    The curve keeps angles between neighbouring streets within about two degrees of right.
    """

    origin: tuple[float, float]
    angle_deg: float
    bend_m: float = 0.0

    def world(self, u, v) -> np.ndarray:
        """(n, 2) easting, northing of grid metres."""
        u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        bu = u + self.bend_m * np.sin(v / 760.0 + 0.6) * np.tanh(np.hypot(u, v) / 900.0)
        bv = v + self.bend_m * np.sin(u / 840.0 - 0.4) * np.tanh(np.hypot(u, v) / 900.0)
        c, s = cos(radians(self.angle_deg)), sin(radians(self.angle_deg))
        x = self.origin[0] + bu * c - bv * s
        y = self.origin[1] + bu * s + bv * c
        return np.stack([np.ravel(x), np.ravel(y)], axis=1)


CENTRE = Grid(tuple(GRID_ORIGIN), GRID_ANGLE_DEG, bend_m=24.0)


@dataclass(frozen=True)
class Town:
    """A built-up area outside the centre: a grid of streets inside a circle, with what stands in it."""

    name_zh: str
    name_en: str
    at: tuple[float, float]
    radius_m: float
    angle_deg: float
    block_m: tuple[float, float]
    character: str  # old, town, new, industry
    zone: str = ""


# Positions +-1 km (general knowledge of where the towns lie, +-500 m for the old town).
TOWNS = (
    Town("嘉定老城", "Jiading old town", (619379, 3474330), 1450, 8, (210, 180), "old"),
    Town("安亭", "Anting", (611100, 3464000), 1900, 14, (300, 250), "town", "zone.anting"),
    Town(
        "上海国际汽车城",
        "Automobile City",
        (613600, 3465000),
        1500,
        22,
        (380, 300),
        "industry",
        "zone.anting",
    ),
    Town("嘉宝智慧湾", "Jiabao Smart Bay", (620010, 3477343), 1500, 6, (300, 260), "new", "zone.jiabao"),
    Town("南翔", "Nanxiang", (625300, 3464600), 1900, 33, (300, 240), "town"),
    Town("马陆", "Malu", (621400, 3467200), 1250, 30, (300, 240), "town"),
    Town("江桥", "Jiangqiao", (627700, 3461200), 1500, 28, (300, 240), "town"),
    Town("外冈", "Waigang", (613000, 3471900), 900, 12, (280, 220), "town"),
    Town("徐行", "Xuhang", (623600, 3477900), 850, 10, (280, 220), "town"),
    Town("华亭", "Huating", (620600, 3482400), 650, 5, (260, 220), "town"),
    Town("嘉定工业区", "Jiading Industrial Zone", (615100, 3476600), 1700, 9, (420, 330), "industry"),
    Town("新成路", "Xincheng Road", (621600, 3474900), 950, 4, (280, 240), "town"),
    Town("马东工业区", "Madong Industrial Park", (623800, 3470000), 1200, 28, (380, 300), "industry"),
    Town("黄渡", "Huangdu", (615900, 3463300), 1050, 17, (290, 230), "town"),
    Town("方泰", "Fangtai", (612500, 3468000), 800, 11, (320, 250), "industry"),
    Town("娄塘", "Loutang", (617300, 3479900), 750, 7, (270, 220), "town"),
    Town("嘉定新城北", "Chengbei", (616700, 3474300), 900, 20, (320, 260), "town"),
)

# (name_zh, name_en, points, width_m): courses +-1 km; widths are typical of such waters.
RIVERS = (
    (
        "横沥",
        "Hengli River",
        (
            (620347, 3464482),
            (620900, 3467700),
            (620560, 3469400),
            (619960, 3470760),
            (619480, 3472100),
            (619130, 3473200),
            (619520, 3474342),
            (619816, 3477673),
            (619746, 3483772),
        ),
        34,
    ),
    (
        "练祁河",
        "Lianqi River",
        (
            (606600, 3473100),
            (613201, 3473718),
            (617478, 3474098),
            (619500, 3474290),
            (623646, 3475500),
            (630600, 3477200),
        ),
        42,
    ),
    (
        "盐铁塘",
        "Yantietang",
        (
            (609900, 3481500),
            (610775, 3478128),
            (612737, 3472604),
            (614694, 3467635),
            (616660, 3462112),
            (617300, 3459600),
        ),
        40,
    ),
    (
        "新槎浦",
        "Xinchapu",
        ((626900, 3476500), (626546, 3471653), (626124, 3467212), (625701, 3462770), (625500, 3457300)),
        46,
    ),
    (
        "吴淞江",
        "Wusong River",
        (
            (603000, 3463400),
            (606800, 3462900),
            (609991, 3462261),
            (614294, 3460644),
            (619078, 3458812),
            (623858, 3457536),
            (628500, 3456300),
            (633800, 3455400),
        ),
        110,
    ),
    (
        "浏河",
        "Liuhe River",
        ((603000, 3478700), (610457, 3481230), (615936, 3484395), (623508, 3487143), (633500, 3489800)),
        95,
    ),
)

# Verified to about 80 m.
STATIONS = {
    "嘉定北": ("Jiading North", (617280, 3475255)),
    "嘉定西": ("Jiading West", (616386, 3473652)),
    "白银路": ("Baiyin Road", (618072, 3470178)),
    "嘉定新城": ("Jiading New City", (618968, 3468466)),
    "马陆": ("Malu", (621054, 3467300)),
    "陈翔公路": ("Chenxiang Highway", (623992, 3465908)),
    "南翔": ("Nanxiang", (625563, 3464866)),
    "上海赛车场": ("Shanghai Circuit", (616272, 3468629)),
    "昌吉东路": ("East Changji Road", (613863, 3464359)),
    "上海汽车城": ("Shanghai Automobile City", (612008, 3463420)),
    "安亭": ("Anting", (610217, 3463741)),
    "兆丰路": ("Zhaofeng Road", (609070, 3463775)),
    "光明路": ("Guangming Road", (605969, 3464499)),
    "花桥": ("Huaqiao", (604681, 3464804)),
}
METRO_MAIN = ("嘉定北", "嘉定西", "白银路", "嘉定新城", "马陆", "陈翔公路", "南翔")
METRO_BRANCH = ("嘉定新城", "上海赛车场", "昌吉东路", "上海汽车城", "安亭", "兆丰路", "光明路", "花桥")

CIRCUIT = (616105.0, 3469192.0)  # Shanghai International Circuit, +-500 m

# Coarse sketch, +-600 m (the true district has 462.45 km2).
DISTRICT_LONLAT = (
    (121.157, 31.286),
    (121.139, 31.312),
    (121.135, 31.305),
    (121.125, 31.304),
    (121.126, 31.346),
    (121.113, 31.345),
    (121.113, 31.353),
    (121.104, 31.352),
    (121.102, 31.366),
    (121.116, 31.37),
    (121.109, 31.376),
    (121.144, 31.387),
    (121.139, 31.394),
    (121.154, 31.412),
    (121.142, 31.423),
    (121.16, 31.429),
    (121.143, 31.438),
    (121.143, 31.446),
    (121.176, 31.453),
    (121.21, 31.481),
    (121.226, 31.479),
    (121.23, 31.495),
    (121.236, 31.496),
    (121.243, 31.479),
    (121.3, 31.498),
    (121.314, 31.477),
    (121.31, 31.474),
    (121.316, 31.471),
    (121.314, 31.459),
    (121.332, 31.434),
    (121.329, 31.413),
    (121.31, 31.409),
    (121.31, 31.4),
    (121.319, 31.398),
    (121.316, 31.391),
    (121.336, 31.362),
    (121.328, 31.349),
    (121.34, 31.344),
    (121.337, 31.335),
    (121.345, 31.323),
    (121.327, 31.303),
    (121.332, 31.297),
    (121.323, 31.287),
    (121.328, 31.288),
    (121.334, 31.275),
    (121.363, 31.271),
    (121.354, 31.265),
    (121.376, 31.26),
    (121.371, 31.246),
    (121.364, 31.249),
    (121.35, 31.239),
    (121.34, 31.245),
    (121.329, 31.234),
    (121.311, 31.229),
    (121.288, 31.235),
    (121.277, 31.25),
    (121.28, 31.254),
    (121.26, 31.261),
    (121.225, 31.265),
    (121.21, 31.256),
    (121.202, 31.262),
    (121.192, 31.253),
    (121.167, 31.257),
    (121.158, 31.271),
    (121.147, 31.27),
)

# Parallelogram of exactly 4.56 km2 on the line of two stations, +-500 m; only its area and its four
# bounding roads (高台路, 双丹路, 永盛路, 横沥) are published.
YUANXIANG_ZONE = ((617646, 3470991), (619063, 3471733), (620385, 3469209), (618968, 3468466))
# 2.6 km round three stations, +-2 km (about 68 km2 are planned in all).
ANTING_STATIONS = ("安亭", "上海汽车城", "昌吉东路")
ANTING_BUFFER_M = 2600.0
# A circle where the three named places meet, +-2.5 km; neither boundary nor area is published.
JIABAO_CIRCLE = ((620010.0, 3477343.0), 1500.0)

EXTENT = (602000.0, 3453500.0, 634000.0, 3490000.0)  # the district and about 3 km around
DETAIL = (616250.0, 3468200.0, 621650.0, 3473600.0)  # 5.4 x 5.4 km round the lake
