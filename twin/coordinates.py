"""A place as a person types it: two numbers in any CRS, degrees with minutes, northing first or last."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from twin import ways
from twin.frame import Frame, normal_crs, same_crs
from twin.trouble import Trouble

CRS_WORD = re.compile(r"^\s*(EPSG[:\s]\s*\d{4,6}|GCJ-?02|BD-?09|WGS-?84|CGCS2000)\b[\s:,，]*", re.IGNORECASE)
DEGREES = re.compile(r"(-?\d+(?:\.\d+)?)\s*[°度]\s*(?:(\d+(?:\.\d+)?)\s*['′分]\s*)?"
                     r"(?:(\d+(?:\.\d+)?)\s*(?:\"|″|秒|'')\s*)?")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")     # 3,470,454.80, as the status bar writes it
WORDS = {"WGS84": "EPSG:4326", "WGS-84": "EPSG:4326", "CGCS2000": "EPSG:4490"}
FAR_M = 2_000_000.0                        # from the project: a reading that far away is not what was meant
GUESSED_M = 100_000.0                      # the same in a system that nobody named, which numbers may be in by chance
GUESSED_DEG = 1.5
SOUTH, WEST = re.compile(r"[sS南]"), re.compile(r"[wW西]")
ZONES = {**{zone: f"EPSG:{4513 + zone - 25}" for zone in range(25, 46)},
         **{zone: f"EPSG:{4491 + zone - 13}" for zone in range(13, 24)}}


@dataclass(frozen=True)
class Read:
    """One way to read what was typed: `x`, `y` in `crs`, and where that is in local metres."""

    crs: str
    x: float
    y: float
    local: tuple[float, float]


def readings(text: str, frame: Frame) -> list[Read]:
    """All ways in which a text is a place near the project, the most likely first; empty where it is none."""
    crs, rest = _crs_of(text)
    pair = _pair(rest)
    if pair is None:
        return []
    found = [read for at in _candidates(crs, *pair, frame) if (read := _read(*at, frame)) is not None]
    if not crs and frame.crs:
        found += [read for at in _guesses(*pair, frame) if (read := _read(*at, frame, GUESSED_M)) is not None]
    return sorted(found, key=lambda r: np.hypot(*r.local)) if not crs else found


def _crs_of(text: str) -> tuple[str, str]:
    """(CRS or "", the rest): a word in front says which system the numbers are in."""
    found = CRS_WORD.match(text)
    if not found:
        return "", text
    word = re.sub(r"\s+", "", found[1].upper()).replace("EPSG", "EPSG:").replace("::", ":")
    word = WORDS.get(word, {"GCJ02": "GCJ-02", "BD09": "BD-09"}.get(word, word))
    try:
        return normal_crs(word), text[found.end():]
    except Trouble:
        return "", text


def _pair(text: str) -> tuple[float, float] | None:
    """The two numbers; degrees with minutes and seconds as decimals, south and west negative."""
    parts = [m for m in DEGREES.finditer(text) if m[0].strip()]
    if len(parts) >= 2:
        values = [_decimal(m) for m in parts[:2]]
        after = [text[m.end():m.end() + 2] for m in parts[:2]]
        return tuple(-v if SOUTH.search(a) or WEST.search(a) else v for v, a in zip(values, after))
    if re.search(r"[^\d\s.,，;:：/+\-=ENSWXYHenswxyhm东北南西经纬度°()（）]", text):
        return None                                           # a name that holds numbers
    for said in (text, GROUPED.sub(lambda found: found[0].replace(",", ""), text)):
        numbers = [float(n) for n in NUMBER.findall(said.replace("，", " ").replace(",", " "))]
        if 2 <= len(numbers) <= 3:
            return numbers[0], numbers[1]
    return None


def _decimal(found: re.Match) -> float:
    degrees = abs(float(found[1])) + float(found[2] or 0) / 60.0 + float(found[3] or 0) / 3600.0
    return -degrees if found[1].startswith("-") else degrees


def _candidates(crs: str, a: float, b: float, frame: Frame):
    """(crs, x, y) that the numbers could mean."""
    if crs:
        yield (crs, a, b)
        yield (crs, b, a)
        return
    if abs(a) <= 180.0 and abs(b) <= 180.0:
        for x, y in ((a, b), (b, a)):
            if abs(y) <= 90.0 and frame.crs:
                yield ("EPSG:4326", x, y)
    for x, y in ((a, b), (b, a)):
        yield (frame.crs, x, y)
        if x >= 1e7 and int(x // 1e6) in ZONES and frame.crs:
            yield (ZONES[int(x // 1e6)], x, y)


def _guesses(a: float, b: float, frame: Frame):
    """The same in what maps and receivers use besides: web Mercator, and UTM in the zone of the project and beside."""
    if max(abs(a), abs(b)) <= 360.0:
        return
    lon, lat, _ = frame.to_lonlat([[0.0, 0.0, 0.0]])[0]
    zone = int((lon + 180.0) // 6.0) + 1
    utm = (f"EPSG:{(32600 if lat >= 0 else 32700) + (z - 1) % 60 + 1}" for z in (zone, zone - 1, zone + 1))
    for crs in ("EPSG:3857", *utm):
        for x, y in ((a, b), (b, a)):
            there = ways.projection(crs)(x, y, inverse=True)         # PROJ looks up to 0.1 s for an exact way
            if np.hypot(there[0] - lon, there[1] - lat) < GUESSED_DEG and not same_crs(crs, frame.crs):
                yield (crs, x, y)


def _read(crs: str, x: float, y: float, frame: Frame, within_m: float = FAR_M) -> Read | None:
    try:
        local = frame.to_local(x, y, crs=crs)[0]
    except Trouble:
        return None
    near = np.isfinite(local[:2]).all() and np.hypot(*local[:2]) <= within_m
    return Read(crs, x, y, (float(local[0]), float(local[1]))) if near else None
