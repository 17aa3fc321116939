"""What the classes of CityGML and CityJSON are called in words; a class of an extension keeps its name."""

from __future__ import annotations

from twin.text import language

COLUMN = "type"                                          # where cim writes the class of an object
CLASSES: dict[str, tuple[str, str]] = {                  # (English, Chinese)
    "Bridge": ("Bridge", "桥梁"), "BridgePart": ("Bridge part", "桥梁部分"),
    "BridgeInstallation": ("Bridge installation", "桥梁附属物"),
    "BridgeConstructiveElement": ("Bridge element", "桥梁构件"),
    "BridgeConstructionElement": ("Bridge element", "桥梁构件"),
    "BridgeRoom": ("Bridge room", "桥梁内部空间"), "BridgeFurniture": ("Bridge furniture", "桥梁设施"),
    "Building": ("Building", "建筑"), "BuildingPart": ("Building part", "建筑部分"),
    "BuildingInstallation": ("Building installation", "建筑附属物"),
    "IntBuildingInstallation": ("Interior installation", "室内附属物"),
    "BuildingConstructiveElement": ("Building element", "建筑构件"),
    "BuildingFurniture": ("Building furniture", "室内家具"),
    "BuildingStorey": ("Storey", "楼层"), "Storey": ("Storey", "楼层"),
    "BuildingRoom": ("Room", "房间"), "Room": ("Room", "房间"), "BuildingUnit": ("Building unit", "建筑单元"),
    "CityFurniture": ("City furniture", "城市设施"), "CityObjectGroup": ("Group of objects", "对象组"),
    "GenericCityObject": ("Other object", "其他对象"), "LandUse": ("Land use", "土地利用"),
    "OtherConstruction": ("Other construction", "其他构筑物"),
    "PlantCover": ("Plant cover", "植被"), "SolitaryVegetationObject": ("Single plant", "单株植物"),
    "TINRelief": ("Terrain", "地形"), "ReliefFeature": ("Terrain", "地形"),
    "Road": ("Road", "道路"), "Railway": ("Railway", "铁路"), "Track": ("Track", "小路"), "Square": ("Square", "广场"),
    "TransportSquare": ("Square", "广场"), "Waterway": ("Waterway", "航道"),
    "Tunnel": ("Tunnel", "隧道"), "TunnelPart": ("Tunnel part", "隧道部分"),
    "TunnelInstallation": ("Tunnel installation", "隧道附属物"),
    "TunnelConstructiveElement": ("Tunnel element", "隧道构件"),
    "TunnelHollowSpace": ("Tunnel space", "隧道内部空间"), "HollowSpace": ("Tunnel space", "隧道内部空间"),
    "TunnelFurniture": ("Tunnel furniture", "隧道设施"), "WaterBody": ("Water body", "水体"),
}


def city_class(column: str, value: str, speech: str = "") -> str:
    """"BuildingPart" in the column of classes is "Building part", in Chinese 建筑部分; anything else stays as it is."""
    if column != COLUMN or value not in CLASSES:
        return value
    english, chinese = CLASSES[value]
    return chinese if (speech or language()) == "zh" else english
