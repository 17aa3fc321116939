"""Which observed properties of a project a word means: a code, a name in either language, a vital sign, or what files
call the same."""

from __future__ import annotations

import re

from twin.column_words import PROPERTIES, property_words
from twin.systems.properties import properties
from twin.vitals.catalogue import Catalogue

ALSO = {                                              # as exports and people call them
    "noise.leq": ("noise", "noise level", "sound level", "Leq", "LAeq", "LAeq,T", "噪声", "噪音", "等效声级"),
    "noise.lmax": ("Lmax", "LAmax", "LAFmax", "最大声级"),
    "air.pm25": ("PM2.5", "fine particles", "细颗粒物"), "air.pm10": ("PM10", "可吸入颗粒物"),
    "air.o3": ("O3", "ozone", "臭氧"), "air.no2": ("NO2", "nitrogen dioxide", "二氧化氮"),
    "air.so2": ("SO2", "sulphur dioxide", "sulfur dioxide", "二氧化硫"),
    "air.co": ("CO", "carbon monoxide", "一氧化碳"),
    "met.temp": ("temperature", "air temperature", "temp", "气温", "温度"),
    "met.humidity": ("humidity", "relative humidity", "RH", "湿度", "相对湿度"),
    "met.rain": ("rain", "rainfall", "precipitation", "雨量", "降雨", "降水"),
    "met.gust": ("wind", "wind speed", "WSPM", "gust", "风速"), "met.visibility": ("visibility", "能见度"),
    "water.level": ("stage", "gage height", "gauge height", "水位"), "bld.co2": ("CO2", "carbon dioxide", "二氧化碳"),
    "traffic.flow": ("flow", "volume", "traffic", "流量"), "traffic.speed": ("speed", "速度", "车速"),
    "crowd.count": ("people", "headcount", "人数"), "energy.load": ("load", "power", "electricity", "负荷", "用电"),
}


def meant(asked: str, known: list[str], names: Catalogue) -> list[list[str]]:
    """Those of the `known` properties that a word means; several lists = it may mean any of them, [] = none.

    What is called so itself comes before what people and other files call so, and that before mere ends of codes.
    """
    here = [name for name in known if name]
    said = _dictionary(names)
    every = sorted({code for codes in said.values() for code in codes})

    def like(code: str) -> list[str]:
        return [name for name in here if code in (name, *said.get(plain(name), []))]
    for found in ([[name for name in here if name.casefold() == asked.casefold()]],
                  [like(code) for code in said.get(plain(asked), [])],
                  [[name for name in here if plain(name) == plain(asked)]],
                  [like(code) for code in every if plain(code.rpartition(".")[2]) == plain(asked)]):
        if any(found):
            return [list(one) for one in dict.fromkeys(map(tuple, found)) if one]
    return []


def plain(name: str) -> str:
    """Letters and digits only: "PM2.5" and "pm25" are one."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _dictionary(names: Catalogue) -> dict[str, list[str]]:
    """Plain words -> the codes that are called so."""
    called: dict[str, set[str]] = {code: {code, property_words(code), PROPERTIES.get(code, ""), *ALSO.get(code, ())}
                                   for code in {*ALSO, *PROPERTIES, *properties()}}
    for code, told in properties().items():
        called[code] |= {told.name_en, told.name_zh}
    for sign in filter(lambda s: s.properties, names.signs):
        called.setdefault(sign.properties[0], set()).update((sign.id, sign.name, sign.name_zh, *sign.properties))
    out: dict[str, list[str]] = {}
    for code in sorted(called):
        for word in {plain(word) for word in called[code]} - {""}:
            out.setdefault(word, []).append(code)
    return out
