"""Signs that a file's degrees come from a Chinese web map: a proposal for the notes, never a correction."""

from __future__ import annotations

import re

from cim.placing import Box, Georef, is_geographic
from twin.china_offset import BD09, GCJ02, in_china
from twin.text import tr

# What Amap's and DataV's exports call their columns, and what people put into names of files.
AMAP_COLUMNS = frozenset({"adcode", "adname", "pcode", "pname", "citycode", "typecode", "gridcode", "business_area",
                          "poiweight", "biz_ext", "acroutes", "childrennum", "subfeatureindex"})
GCJ_NAME = re.compile(r"gcj|amap|gaode|autonavi|tencent|datav|高德|腾讯|火星", re.IGNORECASE)
BAIDU_NAME = re.compile(r"bd-?09|baidu|百度", re.IGNORECASE)
TRUE_NAME = re.compile(r"wgs|cgcs|4490|4326|2000", re.IGNORECASE)
OFF_M = {GCJ02: 475, BD09: 1130}


def proposal(place: Georef, box: Box | None, names, stem: str) -> tuple[str, ...]:
    """A note where names say that the degrees are shifted; empty where the user has chosen, or a name says WGS."""
    if place.source == "user" or box is None or not place.crs or not is_geographic(place.crs) or not in_china(box):
        return ()
    words = [stem, *names]
    if any(TRUE_NAME.search(word) for word in words):
        return ()
    if any(BAIDU_NAME.search(word) for word in words):
        return (_note(BD09, tr("names of Baidu")),)
    if any(GCJ_NAME.search(word) for word in words) or len({n.lower() for n in names} & AMAP_COLUMNS) >= 1:
        return (_note(GCJ02, tr("names of Amap or its boundary sets")),)
    return ()


def _note(system: str, sign: str) -> str:
    return tr("It bears {sign}: its coordinates may be {system}, about {metres} m off. If it lies aside, choose "
              "{system} under Coordinates… in the layer's menu.", sign=sign, system=system, metres=f"{OFF_M[system]:,}")
