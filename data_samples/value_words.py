"""What the codes in the sample's tables are called, for the inspector, tables and legends."""

from __future__ import annotations

from twin.value_words import ValueWord

SKETCHES = {
    "coarse sketch": "粗略示意",
    "nearest middle of a town: a sketch, not an administrative boundary": "按最近镇中心划分：示意，非行政界线",
    "parallelogram of the published 4.56 km2 on the line of two stations": "按公布面积4.56 km²，沿两站连线取平行四边形",
    "2.6 km round three Line 11 stations, within the district": "11号线三站周围2.6 km，限于区内",
    "circle at the assumed meeting of three places; no boundary is published": "三地假定交会处取圆；界线未公布",
}
# columns -> {value: (English, Chinese)}
WORDS = {
    ("use",): {
        "residential": ("residential", "住宅"), "commercial": ("commercial", "商业"), "industrial": ("industrial", "工业"),
        "office": ("office", "办公"), "culture": ("culture", "文化"), "school": ("school", "学校"),
        "hotel": ("hotel", "酒店"), "hospital": ("hospital", "医院"), "park": ("park", "公园"), "mall": ("mall", "商场"),
    },
    ("kind", "of"): {
        "grove": ("grove", "林地"), "river bank": ("river bank", "滨河绿地"), "park": ("park", "公园"),
        "lake park": ("lake park", "湖滨公园"), "canal": ("canal", "河道"), "river": ("river", "河流"), "lake": ("lake", "湖泊"),
        "tunnel": ("tunnel", "隧道"), "viaduct": ("viaduct", "高架"), "manhole": ("manhole", "检查井"),
        "shelter": ("shelter", "民防工程"), "town": ("town", "街镇"), "block": ("block", "街坊"),
        "unit": ("roadside unit", "路侧单元"), "signal": ("signal", "信号灯"), "warning": ("warning", "预警"),
        "stop": ("stop", "公交站"), "exit": ("exit", "安全出口"), "hydrant": ("hydrant", "消火栓"),
        "way": ("way of the brigade", "救援路线"), "escape": ("escape route", "疏散路线"),
        "site": ("building site", "施工场界"), "stage": ("stage of the work", "施工阶段"), "yard": ("storage yard", "堆场"),
        "school": ("school, noise class 1", "学校（1类区）"), "class2": ("homes, noise class 2", "住宅（2类区）"),
        "telecom": ("telecom", "通信"), "gas": ("gas", "燃气"), "sewer": ("sewer", "污水"), "rain": ("rain", "雨水"),
        "water": ("water", "给水"), "heat": ("heat", "热力"), "power": ("power", "电力"),
    },
    ("part",): {"pier": ("pier", "桥墩"), "deck": ("deck", "桥面"), "ramp": ("ramp", "匝道")},
    ("class", "road_class"): {
        "motorway": ("motorway", "高速公路"), "trunk": ("trunk road", "快速路"), "primary": ("primary road", "主干路"),
        "secondary": ("secondary road", "次干路"), "tertiary": ("tertiary road", "支路"),
        "demonstration ring": ("demonstration ring", "示范环线"), "express": ("expressway", "快速路"),
        "arterial": ("arterial road", "主干路"), "local": ("local road", "支路"),
    },
    ("z_ref",): {"crown": ("crown", "管顶"), "axis": ("axis", "管中心"), "invert": ("invert", "管内底")},
    ("datum",): {"吴淞": ("Wusong", "吴淞"), "1985": ("1985", "1985国家高程")},
    ("material",): {"Steel": ("steel", "钢管"), "RC": ("reinforced concrete", "钢筋混凝土"), "DI": ("ductile iron", "球墨铸铁"),
                    "Duct": ("duct", "排管")},
    ("mode",): {
        "driverless shuttle": ("driverless shuttle", "无人接驳车"), "truck": ("truck", "货车"), "bus": ("bus", "公交车"),
        "car": ("car", "小汽车"), "sweeper": ("sweeper", "清扫车"), "robotaxi": ("robotaxi", "无人出租"),
    },
    ("species",): {
        "银杏 ginkgo": ("ginkgo", "银杏"), "悬铃木 plane": ("plane", "悬铃木"), "香樟 camphor": ("camphor", "香樟"),
        "垂柳 willow": ("willow", "垂柳"), "水杉 dawn redwood": ("dawn redwood", "水杉"), "樱花 cherry": ("cherry", "樱花"),
    },
    ("zone",): {
        "zone.yuanxiang": ("Yuanxiang Lake Central Activity Zone", "远香湖中央活动区"),
        "zone.anting": ("International Automobile City", "国际汽车城"),
        "zone.jiabao": ("Jiabao Smart Bay", "嘉宝智慧湾"),
    },
    ("source",): {value: (value, name_zh) for value, name_zh in SKETCHES.items()},
}


def words() -> tuple[ValueWord, ...]:
    return tuple(ValueWord(value=value, name=name, name_zh=name_zh, columns=columns)
                 for columns, said in WORDS.items() for value, (name, name_zh) in said.items())
