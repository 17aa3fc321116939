"""What a GML srsName means: the CRS behind its many spellings, and which of two numbers is the easting."""

from __future__ import annotations

import math
import re

from cim.cityjson_file import EPSG

# The surveys of the German states write their own names, always easting first.
ADV = {"DE_DHDN_3GK2": 31466, "DE_DHDN_3GK3": 31467, "DE_DHDN_3GK4": 31468, "DE_DHDN_3GK5": 31469,
       "ETRS89_UTM31": 25831, "ETRS89_UTM32": 25832, "ETRS89_UTM33": 25833}
MARGIN_DEG = 0.5                          # numbers this far outside a CRS's area of use may still be meant


def crs_of_name(name: str) -> str:
    """"EPSG:n" or "EPSG:n+m" (with heights) of a URN, URL or code; "" where none is recognised."""
    plain = re.search(r"crs:([A-Z0-9_]+)", name)
    if plain and plain[1] in ADV:
        return f"EPSG:{ADV[plain[1]]}"
    codes = EPSG.findall(name)
    return f"EPSG:{'+'.join(codes[:2])}" if codes else ""


def northing_first(crs: str, x: float, y: float) -> bool:
    """Whether the first number of a file in `crs` is the latitude or northing; (x, y) is a point of it.

    The numbers decide where only one order lies in the CRS's area. Else degrees follow the registry
    (latitude first), and metres are taken easting first, as nearly all city models are written.
    """
    import pyproj
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return False
    as_is, turned = _inside(known, x, y), _inside(known, y, x)
    if as_is != turned:
        return turned
    flat = known.sub_crs_list[0] if known.is_compound else known
    return flat.is_geographic and flat.axis_info[0].direction == "north"


def _inside(known, x: float, y: float) -> bool:
    """Whether (x, y), easting or longitude first, lies in the CRS's area of use."""
    import pyproj
    area = known.area_of_use
    if area is None:
        return True
    try:
        lon, lat = pyproj.Transformer.from_crs(known, "EPSG:4326", always_xy=True).transform(x, y)
    except pyproj.exceptions.ProjError:
        return False
    return (math.isfinite(lon) and area.west - MARGIN_DEG <= lon <= area.east + MARGIN_DEG
            and area.south - MARGIN_DEG <= lat <= area.north + MARGIN_DEG)
