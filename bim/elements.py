"""The feature table of a model."""

from __future__ import annotations

from typing import Any

TEXT_COLUMNS = ("guid", "class", "name", "storey", "type", "predefined_type", "material", "description", "tag")


def rows_of(model, numbers: list[int], unit_m: float):
    """Arrow table, one row per element number in `numbers`: `TEXT_COLUMNS`, "storey_elevation_m", "property_sets"."""
    import pyarrow as pa
    rows = [_row(model.by_id(number), unit_m) for number in numbers]
    columns = {name: pa.array([r[name] for r in rows], pa.string()) for name in TEXT_COLUMNS}
    columns["storey_elevation_m"] = pa.array([r["storey_elevation_m"] for r in rows], pa.float64())
    columns["property_sets"] = pa.array([r["property_sets"] for r in rows], pa.int32())
    return pa.table(columns)


def _row(element, unit_m: float) -> dict[str, Any]:
    import ifcopenshell.util.element as util
    kind, storey = util.get_type(element), _storey(element)
    material = util.get_material(element, should_skip_usage=True)
    elevation = getattr(storey, "Elevation", None)
    return {"guid": element.GlobalId, "class": element.is_a(), "name": element.Name,
            "storey": storey.Name if storey else None,
            "storey_elevation_m": None if elevation is None else elevation * unit_m,
            "type": kind.Name if kind else None, "predefined_type": util.get_predefined_type(element),
            "material": _material_name(material), "description": element.Description,
            "tag": getattr(element, "Tag", None),
            "property_sets": sum(r.is_a("IfcRelDefinesByProperties") for r in element.IsDefinedBy or ())
            if hasattr(element, "IsDefinedBy") else 0}


def _storey(element):
    import ifcopenshell.util.element as util
    at, steps = element, 0
    while at is not None and not at.is_a("IfcBuildingStorey") and steps < 20:
        at, steps = util.get_parent(at), steps + 1
    return at if at is not None and at.is_a("IfcBuildingStorey") else None


def _material_name(material) -> str | None:
    if material is None:
        return None
    name = getattr(material, "Name", None) or getattr(material, "LayerSetName", None)
    parts = getattr(material, "MaterialLayers", None) or getattr(material, "Materials", None) or ()
    inner = [getattr(getattr(p, "Material", p), "Name", None) for p in parts]
    return name or ", ".join(n for n in inner if n) or None
