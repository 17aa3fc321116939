"""What known columns and observed properties are called in words; what a file calls its own stays as it is."""

from __future__ import annotations

from twin.systems.properties import properties
from twin.text import language, tr

# Only names that citytwin writes or that mean the same everywhere.
COLUMNS = {
    "id": "Id", "guid": "GlobalId", "class": "Class", "name": "Name", "name_zh": "Name (Chinese)",
    "name_en": "Name (English)", "kind": "Kind", "type": "Type", "use": "Use", "zone": "Zone", "room": "Room",
    "room_guid": "Room's GlobalId", "thing": "Thing", "property": "Observed property", "unit": "Unit",
    "interval_secs": "Interval (s)", "stale_secs": "Stale after (s)", "elevation_m": "Elevation (m)",
    "height_m": "Height (m)", "height_used_m": "Height drawn (m)", "height_assumed": "Height is assumed",
    "diameter_mm": "Diameter (mm)", "diameter_assumed": "Diameter is assumed", "kind_zh": "Kind (Chinese)",
    "street": "Street", "z_start": "Height at the start (m)", "z_end": "Height at the end (m)",
    "z_bottom": "Bottom (m)", "z_top": "Top (m)", "z_ref": "Heights are of", "datum": "Datum", "depth_m": "Depth (m)",
    "of": "Of what", "part": "Part", "persons": "Persons", "range_m": "Range (m)", "system": "System",
    "from": "Start", "until": "Until", "crown_m": "Crown (m)", "width_m": "Width (m)",
    "level_m": "Water level (m)", "floors": "Storeys", "year": "Year", "species": "Species",
    "population": "Population", "energy_kwh_m2": "Energy (kWh/m²)", "area_km2": "Area (km²)",
    "published_area_km2": "Published area (km²)", "central": "Central urban area", "uncertainty_m": "Uncertainty (m)",
    "source": "Source",
    "synthetic": "Synthetic", "quality": "Quality", "speed_kmh": "Speed (km/h)", "heading_deg": "Heading (°)",
    "storey": "Storey", "storey_elevation_m": "Storey elevation (m)", "sun_hours": "Hours of sun (h)",
    "longest_hours": "Longest without a break (h)", "walk_min": "Walk (min)", "walk_m": "Walk (m)",
    "nearest": "Nearest facility", "people": "Residents", "mode": "Mode", "route": "Route", "trip": "Trip",
    "headsign": "Headsign", "service": "Service",
    "predefined_type": "Predefined type", "material": "Material", "description": "Description", "tag": "Tag",
    "long_name": "Long name", "number": "Number", "property_sets": "Property sets",
}
PROPERTIES = {
    "air.pm25": "PM2.5", "noise.leq": "Noise level Leq", "met.rain": "Rain intensity", "met.temp": "Air temperature",
    "met.humidity": "Relative humidity", "water.level": "Water level", "flood.underpass_depth": "Underpass water depth",
    "traffic.flow": "Traffic flow", "traffic.speed": "Traffic speed", "crowd.count": "People count",
    "energy.load": "Power load", "ug.sewer_fill": "Sewer filling", "lamp.level": "Street lamp level",
    "bld.co2": "Room CO2", "bld.temp": "Room temperature", "fire.smoke": "Smoke obscuration",
    "place": "Places without readings",
}


def column_words(name: str) -> str:
    return tr(COLUMNS[name]) if name in COLUMNS else name


def property_words(name: str) -> str:
    """An observed property: "noise.leq" is "Noise level Leq"."""
    if name in PROPERTIES:
        return tr(PROPERTIES[name])
    return properties()[name].title(language()) if name in properties() else name
