"""What an IFC file calls its coordinate reference system, its datums and its units, as PROJ knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twin.frame import is_map, is_vertical, normal_crs
from twin.told import told
from twin.trouble import Trouble

HEIGHT_WORDS = {"1985": ("1985", "黄海", "yellow sea", "5737"), "wusong": ("吴淞", "吳淞", "wusong", "woosung"),
                "ellipsoid": ("ellipsoid", "椭球", "大地高")}
CITY_SYSTEMS = ("上海", "shanghai", "城建", "地方坐标", "独立坐标")     # their parameters are not public


@dataclass(frozen=True)
class NamedCrs:
    """IfcProjectedCRS (or its property set) as it stands in the file. `unit_m` None = no MapUnit."""

    name: str = ""
    geodetic: str = ""
    vertical: str = ""
    unit_m: float | None = None
    wkt: str = ""


def understood(said: NamedCrs) -> tuple[str, list[str]]:
    """The CRS as text for PROJ, "" where it is not known, and what is wrong with what the file says about it."""
    crs, warnings = _plane(said)
    if said.geodetic.upper().startswith("EPSG") and not _known_datum(said.geodetic):
        warnings.append(told("The file's geodetic datum “{name}” is not known.", name=said.geodetic[:60]))
    if said.vertical.upper().startswith("EPSG") and (wrong := _wrong_vertical(said.vertical)):
        warnings.append(wrong)
    return crs, warnings


def _plane(said: NamedCrs) -> tuple[str, list[str]]:
    name = said.name.strip()
    if name.isdigit():
        crs = _known_map(f"EPSG:{name}")
        if crs:
            return crs, [told("The file's CRS “{name}” was read as {crs}: the name should begin with EPSG:.", name=name,
                              crs=crs)]
    elif crs := _known_map(name):
        return crs, []
    if crs := _known_map(said.wkt.strip()):
        return crs, [] if not name else [told("The CRS “{name}” was taken from its well-known text.", name=name[:60])]
    if _known(name):
        return "", [told("The file's CRS “{name}” is not one of a map.", name=name[:60])]
    if not name:
        return "", [told("The file names no CRS for its map coordinates.")]
    if any(word in name.lower() for word in CITY_SYSTEMS):
        return "", [told("The CRS “{name}” is a city's own: its parameters are not public. Give it as a PROJ or WKT "
                         "text, or place the model by two points.", name=name[:60])]
    return "", [told("The file's CRS “{name}” is not known.", name=name[:60])]


def _known_map(text: str) -> str:
    crs = _known(text)
    return crs if crs and is_map(crs) else ""


def _known(text: str) -> str:
    try:
        return normal_crs(text) if text else ""
    except Trouble:
        return ""


def _known_datum(text: str) -> bool:
    from pyproj.crs import CRS, CRSError, Datum
    code = re.sub(r"\D", "", text)
    for read in (CRS.from_epsg, Datum.from_epsg):
        try:
            read(int(code))
            return True
        except (ValueError, CRSError):
            continue
    return False


def _wrong_vertical(text: str) -> str:
    crs = _known(text.strip())
    if not crs:
        return told("The file's vertical datum “{name}” is not known.", name=text[:60])
    return "" if is_vertical(crs) else told("The file's vertical datum “{name}” is not one of heights.", name=text[:60])


def height_datum(said: NamedCrs) -> str:
    """"1985", "wusong", "ellipsoid", or "" where the file names none of them."""
    words = f"{said.vertical} {_vertical_part(said.name)}".lower()
    return next((datum for datum, marks in HEIGHT_WORDS.items() if any(m in words for m in marks)), "")


def _vertical_part(name: str) -> str:
    """The name of the vertical half of a compound CRS."""
    import pyproj
    try:
        known = pyproj.CRS.from_user_input(name) if name.strip() else None
    except pyproj.exceptions.CRSError:
        return ""
    return known.sub_crs_list[1].name if known is not None and known.is_compound else ""


def zone_numbered(easting: float) -> str:
    """The CGCS2000 3-degree zone whose number stands before an easting ("40618946": EPSG:4528); "" without one."""
    zone = int(easting // 1e6)
    return f"EPSG:{4488 + zone}" if 25 <= zone <= 45 and 2e5 <= easting % 1e6 <= 8e5 else ""


def looks_like_city_system(easting: float, northing: float) -> bool:
    """Numbers as Shanghai's own plane systems have them: some ten kilometres from the city's middle."""
    return abs(easting) < 60_000 and abs(northing) < 80_000
