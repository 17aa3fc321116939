"""The vector files: buildings and trees as FlatGeobuf, everything else as GeoJSON, all in EPSG:4549."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from data_samples import geography as geo
from data_samples import streets
from data_samples.greenery import LakePark, Trees
from data_samples.plan import Plan, district_outline

TITLE = "Synthetic sample data of citytwin; no survey, no map"


def write_layer(
    path: Path, shapes, columns: dict[str, list | np.ndarray], kind: str, digits: int = 2
) -> None:
    """`shapes` and `columns` of one length into one file; `kind` is the OGR geometry type.

    GeoJSON keeps `digits` of a metre (centimetres) and names its CRS (RFC 7946 knows only degrees; the older `crs` member does).
    """
    import pyogrio.raw

    fields = {**columns, "synthetic": np.ones(len(shapes), bool)}
    driver = "FlatGeobuf" if path.suffix == ".fgb" else "GeoJSON"
    options = (
        {"TITLE": TITLE} if driver == "FlatGeobuf" else {"DESCRIPTION": TITLE, "COORDINATE_PRECISION": str(digits)}
    )
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        str(path),
        np.asarray(shapely.to_wkb(np.asarray(shapes, object)), object),
        [_column(values) for values in fields.values()],
        np.array(list(fields), object),
        geometry_type=kind,
        crs=geo.CRS,
        driver=driver,
        layer=path.stem,
        layer_options=options,
    )


def _column(values) -> np.ndarray:
    array = np.asarray(values)
    return array.astype(object) if array.dtype.kind == "U" else array


def buildings(path: Path, plan: Plan) -> None:
    """Footprints; those that an IFC file holds in full are left out, and the others keep their numbers."""
    numbers, houses = zip(*((k, h) for k, h in enumerate(plan.houses) if not h.model))
    shapes = shapely.set_precision([h.shape for h in houses], 0.01)
    write_layer(
        path,
        shapes,
        {
            "id": [f"b{k:05d}" for k in numbers],
            "name": [h.name for h in houses],
            "use": [h.use for h in houses],
            "floors": np.array([h.floors for h in houses], np.int16),
            "height_m": np.array([h.height_m for h in houses], np.float32),
            "year": np.array([h.year for h in houses], np.int16),
            "zone": [h.zone for h in houses],
            "energy_kwh_m2": np.array([h.energy_kwh_m2 for h in houses], np.float32),
            "population": np.array([h.population for h in houses], np.int32),
        },
        "Polygon",
    )


def trees(path: Path, found: Trees) -> None:
    write_layer(
        path,
        shapely.points(found.points),
        {
            "height_m": found.height_m.astype(np.float32),
            "crown_m": found.crown_m.astype(np.float32),
            "species": found.species,
        },
        "Point",
    )


def water(path: Path, plan: Plan) -> None:
    shapes = [shapely.MultiPolygon(_polygons(w.shape.simplify(0.6))) for w in plan.waters]
    write_layer(
        path,
        shapes,
        {
            "name_zh": [w.name_zh for w in plan.waters],
            "name_en": [w.name_en for w in plan.waters],
            "kind": [w.kind for w in plan.waters],
            "width_m": np.round([w.width_m or np.nan for w in plan.waters], 1),  # a lake has none
            "level_m": np.full(len(shapes), geo.WATER_LEVEL_M),
        },
        "MultiPolygon",
    )


def green(path: Path, plan: Plan, park: LakePark) -> None:
    rows = [("远香湖公园", "Yuanxiang Lake Park", "lake park", park.lawn)]
    rows += [("", "", "park", b.shape) for b in plan.blocks if b.use == "park"]
    rows += [("", "", kind, shape.simplify(0.8)) for kind, shape in plan.site.patches if kind == "grove"]
    rows += [
        ("", "", "river bank", part.simplify(2.0))
        for part in shapely.get_parts(plan.banks)
        if part.area > 1500
    ]
    shapes = [shapely.MultiPolygon(_polygons(r[3])) for r in rows]
    write_layer(
        path,
        shapes,
        {"name_zh": [r[0] for r in rows], "name_en": [r[1] for r in rows], "kind": [r[2] for r in rows]},
        "MultiPolygon",
    )


def roads(path: Path, plan: Plan) -> None:
    ring = [
        (
            "远香湖无人驾驶示范环路",
            "Yuanxiang driverless demonstration ring",
            "demonstration ring",
            0.0,
            streets.ring(),
        )
    ]
    rows = [*((r.name_zh, r.name_en, r.cls, r.width_m, r.line) for r in plan.roads), *ring]
    write_layer(
        path,
        [shapely.simplify(shapely.LineString(r[4]), 0.3) for r in rows],
        {
            "name_zh": [r[0] for r in rows],
            "name_en": [r[1] for r in rows],
            "class": [r[2] for r in rows],
            "width_m": np.array([r[3] for r in rows]),
        },
        "LineString",
    )


def metro(lines_path: Path, stations_path: Path) -> None:
    lines = streets.metro_lines()
    write_layer(
        lines_path,
        [shapely.LineString(line) for _, _, line in lines],
        {
            "name_zh": [zh for zh, _, _ in lines],
            "name_en": [en for _, en, _ in lines],
            "uncertainty_m": np.full(len(lines), 400.0),
        },
        "LineString",
    )
    write_layer(
        stations_path,
        shapely.points([at for _, at in geo.STATIONS.values()]),
        {
            "name_zh": list(geo.STATIONS),
            "name_en": [en for en, _ in geo.STATIONS.values()],
            "uncertainty_m": np.full(len(geo.STATIONS), 80.0),
        },
        "Point",
    )


def district(path: Path) -> None:
    write_layer(
        path,
        [shapely.Polygon(district_outline())],
        {
            "name_zh": ["嘉定区"],
            "name_en": ["Jiading District"],
            "published_area_km2": np.array([462.45]),
            "uncertainty_m": np.array([600.0]),
            "source": ["coarse sketch"],
        },
        "Polygon",
    )


CENTRAL = ("Jiading old town", "Xincheng Road", "Jiading New City", "Chengbei")      # the central urban area: a sketch


def towns(path: Path) -> None:
    """A partition of the district: every place belongs to the town whose middle is nearest. A sketch, no boundaries."""
    outline = shapely.Polygon(district_outline())
    middles = [t.at for t in geo.TOWNS] + [tuple(geo.GRID_ORIGIN)]
    names = [(t.name_en, t.name_zh) for t in geo.TOWNS] + [("Jiading New City", "嘉定新城")]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(middles), extend_to=outline))
    shapes = [next(c for c in cells if c.contains(shapely.Point(m))).intersection(outline) for m in middles]
    write_layer(
        path,
        [max(shapely.get_parts(s), key=lambda p: p.area) for s in shapes],
        {
            "id": [f"town.{en.lower().replace(' ', '_')}" for en, _ in names],
            "kind": ["town"] * len(names),
            "name": [en for en, _ in names],
            "name_zh": [zh for _, zh in names],
            "area_km2": np.round([s.area / 1e6 for s in shapes], 2),
            "central": np.array([en in CENTRAL for en, _ in names]),
            "uncertainty_m": np.full(len(names), 3000.0),
            "source": ["nearest middle of a town: a sketch, not an administrative boundary"] * len(names),
        },
        "Polygon",
    )


def blocks(path: Path, plan: Plan) -> None:
    """City blocks of the demonstration zones: the finest level of zones. To the metre: there are many."""
    mine = [
        (b, shapely.set_precision(b.shape.simplify(1.0), 1.0), number, *called)
        for zone, called in BLOCKS.items()
        for number, b in enumerate((b for b in plan.blocks if zone_shapes()[zone].covers(b.shape.centroid)), 1)
    ]
    write_layer(
        path,
        [shape for _, shape, *_ in mine],
        {
            "id": [f"block.{key}{number:03d}" for _, _, number, key, _, _ in mine],
            "kind": ["block"] * len(mine),
            "name": [f"{en}{number}" for _, _, number, _, en, _ in mine],
            "name_zh": [f"{zh}{number}" for _, _, number, _, _, zh in mine],
            "use": [b.use for b, *_ in mine],
            "area_km2": np.round([b.shape.area / 1e6 for b, *_ in mine], 4),
        },
        "Polygon",
        digits=0,
    )


# zone -> (in ids, English, Chinese)
BLOCKS = {
    "zone.yuanxiang": ("", "Block ", "街坊"),
    "zone.anting": ("anting.", "Anting block ", "安亭街坊"),
    "zone.jiabao": ("jiabao.", "Jiabao block ", "嘉宝街坊"),
}


def zones(path: Path) -> None:
    shapes = zone_shapes()
    about = {
        "zone.yuanxiang": (
            "远香湖中央活动区",
            "Yuanxiang Lake Central Activity Zone",
            500.0,
            "parallelogram of the published 4.56 km2 on the line of two stations",
        ),
        "zone.anting": (
            "国际汽车城(安亭)",
            "International Automobile City (Anting)",
            2000.0,
            "2.6 km round three Line 11 stations, within the district",
        ),
        "zone.jiabao": (
            "嘉宝智慧湾未来城市实践区",
            "Jiabao Smart Bay Future City Practice Zone",
            2500.0,
            "circle at the assumed meeting of three places; no boundary is published",
        ),
    }
    write_layer(
        path,
        list(shapes.values()),
        {
            "id": list(shapes),
            "name": [about[z][1] for z in shapes],
            "name_zh": [about[z][0] for z in shapes],
            "name_en": [about[z][1] for z in shapes],
            "area_km2": np.round([s.area / 1e6 for s in shapes.values()], 2),
            "uncertainty_m": np.array([about[z][2] for z in shapes]),
            "source": [about[z][3] for z in shapes],
        },
        "Polygon",
    )


def zone_shapes() -> dict[str, shapely.Polygon]:
    outline = shapely.Polygon(district_outline())
    hull = shapely.MultiPoint([geo.STATIONS[name][1] for name in geo.ANTING_STATIONS]).convex_hull
    centre, radius = geo.JIABAO_CIRCLE
    anting = hull.buffer(geo.ANTING_BUFFER_M, quad_segs=10).intersection(outline)
    return {
        "zone.yuanxiang": shapely.Polygon(geo.YUANXIANG_ZONE),
        "zone.anting": max(shapely.get_parts(anting), key=lambda p: p.area),
        "zone.jiabao": shapely.Point(centre).buffer(radius, quad_segs=16),
    }


def _polygons(shape) -> list[shapely.Polygon]:
    return [p for p in shapely.get_parts(shapely.make_valid(shape)) if p.geom_type == "Polygon"]
