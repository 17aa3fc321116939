"""What the columns of a sensor table mean, by their names (English and Chinese) and the types of their values."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from twin.history.starts import unit_named

NAMES = {
    "time": "time timestamp datetime ts when phenomenontime resulttime datelt datelocal dateutc timeutc utctime "
            "localtime observedat measuredat recordtime date 时间 时间戳 日期时间 采集时间 观测时间 监测时间 "
            "数据时间 上报时间 记录时间 测量时间 日期",
    "clock": "time clock timeofday 时刻 时间",
    "year": "year 年 年份", "month": "month 月 月份", "day": "day 日", "hour": "hour 时 小时",
    "minute": "minute min 分 分钟", "second": "second sec 秒",
    "id": "datastream datastreamid sensor sensorid sensorcode station stationid stationcode device deviceid id "
          "node nodeid site siteid point pointid detector detectorid tag trackid track vehicleid vehicle plate "
          "plateno licenseplate code stcd 测点 测点编号 站点 站点编号 站号 站名 测站 设备 设备编号 "
          "设备id 传感器 传感器编号 监测点 监测点编号 点位 点位编号 编号 "
          "车辆 车辆编号 车辆id 车牌 车牌号 轨迹编号",
    "value": "value result reading measurement rawconc conc concentration observation 数值 值 监测值 测量值 "
             "观测值 测值 读数 浓度",
    "observed": "property observedproperty parameter variable metric quantity pollutant 指标 参数 监测项目 监测因子 "
                "因子 项目 要素 属性 物理量",
    "unit": "unit units uom concunit valueunit 单位 计量单位",
    "quality": "qcname qc quality qualityflag validity 质量 质控 有效性",
    "lon": "lon lng long longitude xlon 经度", "lat": "lat latitude ylat 纬度",
    "x": "x easting east xcoord xcoordinate coordx x坐标 东坐标", "y": "y northing north ycoord ycoordinate coordy "
                                                                      "y坐标 北坐标",
    "above": "z height heightm abovegroundm heightaboveground 离地高度 安装高度 高度",
    "elevation": "elevation elev altitude 高程 海拔",
    "name": "name sensorname stationname devicename title 名称 传感器名称 站点名称 设备名称",
    "name_zh": "namezh 中文名 中文名称", "thing": "thing thingid asset equipment 对象 设施",
    "element": "elementguid element equipmentguid componentguid assetguid ifcguid globalid guid roomguid spaceguid "
               "构件guid 设备guid 房间guid",
    "elapsed": "elapsed elapsedtime seconds secs minutes milliseconds relativetime reltime 经过时间 相对时间 秒数 "
               "分钟数",
    "interval": "intervalsecs", "row": "no index rownumber rownum unnamed unnamed0 序号 行号",
}
_ROLES: dict[str, tuple[str, ...]] = {}
for _role, _names in NAMES.items():
    for _name in _names.split():
        _ROLES[_name] = (*_ROLES.get(_name, ()), _role)
GLOBAL_ID = r"[0-3][0-9A-Za-z_$]{21}"            # of an IFC element
_UNIT_AT_END = re.compile(r"^(.*?)\s*[(\[（【]\s*([^()\[\]（）【】]+?(?:\(\w+\))?)\s*[)\]）】]\s*$")
_UNIT_WORD = re.compile(r"^(.*\S)[\s_]+(dB\S*|°C|℃|%|hPa|lux|ppm|ppb|km/h|m/s|[uµμ]g/m3)(?:\s*-\s*\w)?$")
_NEAT = {"ug/m3": "µg/m³", "µg/m3": "µg/m³", "μg/m3": "µg/m³", "mg/m3": "mg/m³", "m3/s": "m³/s", "℃": "°C",
         "degc": "°C", "cel": "°C"}


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Column names by meaning, "" = none. `values`: numeric columns that are readings of a wide table."""

    time: str = ""
    clock: str = ""
    year: str = ""
    month: str = ""
    day: str = ""
    hour: str = ""
    minute: str = ""
    second: str = ""
    id: str = ""
    value: str = ""
    observed: str = ""
    unit: str = ""
    quality: str = ""
    lon: str = ""
    lat: str = ""
    x: str = ""
    y: str = ""
    above: str = ""
    elevation: str = ""
    name: str = ""
    name_zh: str = ""
    thing: str = ""
    element: str = ""
    interval: str = ""
    row: str = ""
    values: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def timed(self) -> bool:
        return bool(self.time or (self.year and self.month and self.day))

    @property
    def placed(self) -> bool:
        return bool((self.lon and self.lat) or (self.x and self.y))

    @property
    def key(self) -> str:
        """The column that tells the things apart; where nothing else names them, the element they are on does.

        A column that is only called "guid" may number the readings.
        """
        return self.id or self.name or (self.element if plain(self.element) != "guid" else "")

    @property
    def long(self) -> bool:
        return bool(self.value)

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns without which there are no readings."""
        names = ("time", "clock", "year", "month", "day", "hour", "minute", "second", "id", "value", "observed",
                 "unit", "quality", "lon", "lat", "x", "y", "element")
        return tuple(dict.fromkeys([n for n in (getattr(self, name) for name in names) if n] + list(self.values)))


def is_global_id(text: str) -> bool:
    return bool(re.fullmatch(GLOBAL_ID, text))


def plain(name: str) -> str:
    """A column name as the table of names knows it: lower case, no unit, no blanks or signs."""
    split = _UNIT_AT_END.match(name)
    return re.sub(r"[\s_\-.:/#]+", "", (split[1] if split and split[1] else name)).lower() or plain_unit(name)


def plain_unit(name: str) -> str:
    return re.sub(r"\W+", "", name).lower()


def known(name: str) -> bool:
    """Whether the name alone says what a column is: a header is told from data by it."""
    return plain(name) in _ROLES or re.sub(r"\W+", "", name).lower() in _ROLES


def property_and_unit(column: str) -> tuple[str, str]:
    """"PM2.5 (ug/m3)" is ("PM2.5", "µg/m³")."""
    match = _UNIT_WORD.match(column) or _UNIT_AT_END.match(column)
    return (match[1], neat_unit(match[2])) if match and match[1] else (column, "")


def neat_unit(unit: str) -> str:
    return _NEAT.get(unit.strip().lower(), unit.strip())


def recognise(schema) -> Roles:
    """The roles of an Arrow schema's columns. Nothing is taken for a role that its type cannot play."""
    found: dict[str, str] = {}
    for role in _order():
        for name in schema.names:
            if role in meanings(name) and name not in found.values() and _fits(role, schema.field(name).type):
                found[role] = name
                break
    _settle_time(found, schema)
    _settle_coordinates(found)
    numbers = [n for n in schema.names if n not in found.values() and _is_number(schema.field(n).type)]
    timed = "time" in found or {"year", "month", "day"} <= found.keys()
    values = tuple(numbers) if timed and "value" not in found else ()
    rest = tuple(n for n in schema.names if n not in found.values() and n not in values)
    return Roles(**found, values=values, unused=rest)


def _order() -> list[str]:
    return [f.name for f in fields(Roles) if f.name in NAMES]


def meanings(name: str) -> tuple[str, ...]:
    return _ROLES.get(plain(name)) or _ROLES.get(re.sub(r"\W+", "", name).lower(), ())


def _settle_time(found: dict[str, str], schema) -> None:
    """A date beside a time of day; a column of instants with a name of its own."""
    import pyarrow as pa
    if "time" in found:
        first = schema.field(found["time"]).type
        others = [n for n in schema.names if "time" in meanings(n) and n != found["time"]]
        if pa.types.is_time(first) and others:
            found["clock"], found["time"] = found["time"], others[0]
        elif pa.types.is_time(first):
            found["clock"] = found.pop("time")
        elif not pa.types.is_date(first):
            found.pop("clock", None)
    if "time" not in found and not {"year", "month", "day"} <= found.keys():
        for field in schema:
            if pa.types.is_timestamp(field.type):
                found["time"] = field.name
                break
    if "time" not in found and not {"year", "month", "day"} <= found.keys():
        counted = [f.name for f in schema if _counts_time(f.name) and _is_number(f.type)]
        if counted:
            found["time"] = counted[0]


def _counts_time(name: str) -> bool:
    """Whether a column counts seconds or minutes from a start: by its name, as "elapsed_s" or "time (min)"."""
    begins = re.match(r"(elapsed|time|t|since)(?![a-z])", name.strip().lower())
    return "elapsed" in meanings(name) or bool(begins and unit_named(name))


def _settle_coordinates(found: dict[str, str]) -> None:
    """Half a pair is no pair: its column is a reading like any other."""
    for one, other in (("lon", "lat"), ("x", "y")):
        if (one in found) != (other in found):
            found.pop(one, None)
            found.pop(other, None)


def _fits(role: str, type_) -> bool:
    import pyarrow as pa
    if role == "time":
        return not pa.types.is_boolean(type_)
    if role == "clock":
        return pa.types.is_time(type_)
    if role in ("year", "month", "day", "hour", "minute", "second", "lon", "lat", "x", "y", "above", "elevation"):
        return _is_number(type_)
    if role in ("observed", "unit", "quality", "name", "name_zh", "thing", "element"):
        return not _is_number(type_) and not pa.types.is_timestamp(type_)
    return not pa.types.is_nested(type_)


def _is_number(type_) -> bool:
    import pyarrow as pa
    return pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_) \
        or pa.types.is_boolean(type_) or pa.types.is_null(type_)
