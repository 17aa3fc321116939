"""What the columns of a pipe survey mean, by their names in two languages: sizes, kinds, heights, depths, datums."""

from __future__ import annotations

import numpy as np

from cim import attributes
from cim.placing import Georef
from twin.network import AXIS, CROWN, DATUMS, INVERT, OTHER, UNSAID, kind_of
from twin.readers import Request


def _metres(*names: str) -> tuple[str, ...]:
    """As they stand, and with the unit behind them: 埋深(m)."""
    return tuple(f"{name}{unit}" for name in names for unit in ("", "m"))


MM_NAMES = ("diametermm", "diamm", "dn", "管径", "管径mm", "公称直径", "gj", "dmm", "sizemm")
DIAMETER_M_NAMES = ("diameter", "dia", "直径", "直径m")               # `attributes.find` drops a final m
RADIUS_M_NAMES = ("radius", "半径")
KIND_NAMES = ("kind", "type", "system", "category", "class", "use", "管线类型", "管线种类", "管类", "管线类别", "类型",
              "类别", "gxlx")
START_NAMES = ("zstart", "startz", "z1", "hstart", "起点高程", "起点标高", "起始高程", "qdgc")
END_NAMES = ("zend", "endz", "z2", "hend", "终点高程", "终点标高", "终止高程", "zdgc")
BOTTOM_NAMES = ("zbottom", "zbot", "bottom", "bottomz", "底高程", "底标高", "井底高程")
TOP_NAMES = ("ztop", "top", "topz", "顶高程", "顶标高", "井口高程", "地面高程")
DEPTH_NAMES = ("depth", "井深", "深度")
# Depths under the ground, by what they are the depth of: of nobody says what, of the crown, of the invert.
DEPTH_STARTS = (_metres("埋深", "起点埋深", "起始埋深", "起埋深", "qdms", "burialdepth", "depthstart",
                        "startdepth", "depth1", "depthbelowground"),
                _metres("管顶埋深", "起点管顶埋深", "覆土", "覆土深度", "cover", "coverdepth", "depthcrown",
                        "crowndepth"),
                _metres("管底埋深", "起点管底埋深", "管内底埋深", "invertdepth", "depthinvert", "bottomdepth"))
DEPTH_ENDS = (_metres("终点埋深", "终止埋深", "终埋深", "zdms", "depthend", "enddepth", "depth2"),
              _metres("终点管顶埋深", "coverend"), _metres("终点管底埋深", "invertdepthend"))
DEPTH_MEANINGS = (UNSAID, CROWN, INVERT)
MEANING_NAMES = ("zref", "zreference", "zmeaning", "zof", "heightref", "heightreference", "levelof", "高程类型",
                 "标高类型", "高程部位")
DATUM_NAMES = ("datum", "zdatum", "heightdatum", "verticaldatum", "高程基准", "高程系统", "高程系", "基准")
MEANING_WORDS = {CROWN: ("crown", "top", "soffit", "obvert", "管顶", "外顶", "顶"),
                 INVERT: ("invert", "bottom", "管底", "内底", "管内底", "底"),
                 AXIS: ("axis", "centre", "center", "centreline", "centerline", "middle", "管中", "中心", "轴")}
TALLEST_MM = 20_000.0                                        # more is no diameter in millimetres


class Columns:
    """Columns by what they mean; numbers are NaN and texts empty where there is no such column."""

    def __init__(self, features, count: int):
        self.features, self.count = features, count
        self.names = features.column_names if features is not None else []

    def numbers(self, wanted: tuple[str, ...]) -> np.ndarray:
        name = attributes.find(self.names, wanted)
        return attributes.numbers(self.features.column(name)) if name else np.full(self.count, np.nan)

    def texts(self, wanted: tuple[str, ...]) -> list[str]:
        name = attributes.find(self.names, wanted)
        return (["" if v is None else str(v).strip().lower() for v in self.features.column(name).to_pylist()]
                if name else [""] * self.count)


def kinds_of(columns: Columns, request: Request) -> tuple[str, ...]:
    """Row by row; what a row does not say, the file's name may."""
    whole = kind_of(f"{request.path.stem} {request.source.table}")
    known = {text: kind_of(text) for text in set(columns.texts(KIND_NAMES))}
    return tuple(known[t] if known[t] != OTHER else whole for t in columns.texts(KIND_NAMES))


def diameters_of(columns: Columns) -> np.ndarray:
    """(features,) f4 metres."""
    out = np.full(columns.count, np.nan)
    for names, metres in ((MM_NAMES, 0.001), (DIAMETER_M_NAMES, 1.0), (RADIUS_M_NAMES, 2.0)):
        found = columns.numbers(names)
        found = np.where((found > 0) & (found <= TALLEST_MM), found, np.nan) * metres
        out = np.where(np.isnan(out), found, out)
    return out.astype(np.float32)


def meanings_of(columns: Columns) -> np.ndarray:
    known = {text: _meaning(text) for text in set(columns.texts(MEANING_NAMES))}
    return np.array([known[t] for t in columns.texts(MEANING_NAMES)], np.int8)


def _meaning(text: str) -> int:
    return next((meaning for meaning, words in MEANING_WORDS.items()
                 if any(text == w or (len(w) > 1 and w in text) for w in words)), UNSAID) if text else UNSAID


def datums_of(columns: Columns, request: Request, place: Georef) -> np.ndarray:
    """What a row says, else what the layer's source says, else the vertical part of the file's CRS."""
    whole = _datum(request.source.height_datum) or _datum(_vertical(place.crs))
    known = {text: _datum(text) or whole for text in set(columns.texts(DATUM_NAMES))}
    return np.array([known[t] for t in columns.texts(DATUM_NAMES)], np.int8)


def _datum(text: str) -> int:
    if "wusong" in text.lower() or "吴淞" in text or "吴淞" == text:
        return DATUMS.index("wusong")
    return DATUMS.index("1985") if "85" in text else 0


def _vertical(crs: str) -> str:
    """Name of the vertical part of a compound CRS; "" without one."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError
    try:
        known = CRS.from_user_input(crs) if crs else None
    except CRSError:                       # names of our own, such as GCJ-02
        return ""
    return known.sub_crs_list[1].name if known is not None and known.is_compound else ""
