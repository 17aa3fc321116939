"""The plan of the sample city: waters, roads, blocks, buildings, parks and trees, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Point, Polygon, affinity

from data_samples import blocks, forms, school_plan, streets, waters
from data_samples import geography as geo
from data_samples.filling import fill
from data_samples.site import Site
from data_samples.streets import Road
from data_samples.waters import Water

OFFICE_UV = (-150.0, 668.0)  # the IFC office, north shore
OFFICE_ANGLE_DEG = 12.0  # counter-clockwise from east
SCHOOL_UV = (-662.5, 234.4)  # the IFC school, west of the lake
SCHOOL_ANGLE_DEG = 26.7
SEED = 310114


@dataclass(frozen=True)
class Plan:
    waters: list[Water]
    roads: list[Road]
    blocks: list[blocks.Block]
    site: Site
    lake_park: Polygon
    banks: shapely.Geometry  # green strips along rivers

    @property
    def houses(self):
        return self.site.houses


def office_at() -> tuple[float, float]:
    return tuple(float(c) for c in geo.CENTRE.world(*OFFICE_UV)[0])


def school_at() -> tuple[float, float]:
    return tuple(float(c) for c in geo.CENTRE.world(*SCHOOL_UV)[0])


def make_plan() -> Plan:
    rng = np.random.default_rng(SEED)
    wet = waters.all_waters()
    trunk, centre = streets.trunk_roads(), streets.centre_roads()
    towns = [(town, *streets.town_lines(town, rng)) for town in geo.TOWNS]
    regions = _town_regions()
    town_roads = [streets.town_roads(*town, region) for town, region in zip(towns, regions)]
    country = streets.country_roads(rng)
    hard = _obstacles(wet, [*trunk, *country])
    site = Site(np.random.default_rng(SEED + 1))
    made = [*_centre_blocks(hard, centre, rng), *_town_blocks(hard, towns, regions, town_roads, rng)]
    park = _lake_park()
    for block in made:
        fill(site, block)
    _lakeside(site, park)
    _stand_school(site)
    _villages(site, wet, hard, made, rng)
    banks = _banks(wet, [r.surface for r in [*trunk, *centre]])
    roads = [*trunk, *country, *centre, *(r for some in town_roads for r in some)]
    return Plan(wet, roads, made, site, park, banks)


def _obstacles(wet: list[Water], roads: list[Road]) -> list[shapely.Geometry]:
    """What no block may touch: water with its bank, trunk roads with their verge, the metro above ground."""
    margin = {"river": 26.0, "lake": 30.0, "canal": 9.0}
    out = [w.shape.buffer(margin[w.kind], quad_segs=2) for w in wet]
    out += [r.surface.buffer(24.0 if r.cls == "motorway" else 9.0, quad_segs=2) for r in roads]
    out += [shapely.LineString(line).buffer(11.0) for _, _, line in streets.metro_lines()]
    return out


def _centre_region() -> Polygon:
    u = np.concatenate(
        [np.linspace(-2480, 1500, 80), np.full(50, 1500), np.linspace(1500, -2480, 80), np.full(60, -2480)]
    )
    v = np.concatenate(
        [np.full(80, -2900), np.linspace(-2900, 1440, 50), np.full(80, 1440), np.linspace(1440, -2900, 60)]
    )
    return Polygon(geo.CENTRE.world(u, v))


def _lake_park() -> Polygon:
    """The park between the four streets round the lake, less their surfaces."""
    u0, u1, v0, v1 = -565 + 20, 555 - 20, -234 + 20, 760 - 20
    side = np.linspace(0, 1, 40)
    u = np.concatenate([u0 + (u1 - u0) * side, np.full(40, u1), u1 - (u1 - u0) * side, np.full(40, u0)])
    v = np.concatenate([np.full(40, v0), v0 + (v1 - v0) * side, np.full(40, v1), v1 - (v1 - v0) * side])
    return Polygon(geo.CENTRE.world(u, v)).buffer(-6).buffer(6)


def _centre_blocks(hard: list, roads: list[Road], rng) -> list[blocks.Block]:
    whole = _centre_region().difference(_lake_park().buffer(8))
    zone = Polygon(geo.YUANXIANG_ZONE)
    uses = dict(blocks.SPECIAL)
    out = []
    for shape, angle in blocks.cut(whole, [*hard, *(r.surface for r in roads)], geo.GRID_ANGLE_DEG):
        use, density = blocks.centre_use(shape, rng, uses)
        inside = "zone.yuanxiang" if zone.intersects(shape.centroid) else ""
        out.append(blocks.Block(shape, use, angle, inside, "嘉定新城", density))
    return out


def _town_regions() -> list[shapely.Geometry]:
    """Each town's ground, less that of the centre and of the towns before it."""
    out, built = [], [_centre_region().buffer(40)]
    for town in geo.TOWNS:
        whole = streets.town_region(town)
        out.append(whole.difference(shapely.union_all(built)))
        built.append(whole.buffer(20))
    return out


def _town_blocks(hard: list, towns: list, regions: list, roads: list[list[Road]], rng) -> list[blocks.Block]:
    out = []
    for (town, _, _, _), region, own in zip(towns, regions, roads):
        for shape, turned in blocks.cut(region, [*hard, *(r.surface for r in own)], town.angle_deg, 4000.0):
            use, density = blocks.town_use(town, shape, rng)
            out.append(blocks.Block(shape, use, turned, town.zone, town.name_zh, density))
    return out


def _stand_school(site: Site) -> None:
    """The nearest school building gives way to the one that has an IFC file of its own."""
    outline = school_plan.footprint()
    middle = ((outline.bounds[0] + outline.bounds[2]) / 2, (outline.bounds[1] + outline.bounds[3]) / 2)
    turned = affinity.rotate(affinity.translate(outline, -middle[0], -middle[1]), SCHOOL_ANGLE_DEG, origin=(0, 0))
    shape = affinity.translate(turned, *school_at())
    schools = [k for k, house in enumerate(site.houses) if house.use == "school"]
    nearest = min(schools, key=lambda k: site.houses[k].shape.centroid.distance(shape.centroid))
    site.houses[nearest] = replace(
        site.houses[nearest], shape=shape, floors=3, height_m=12.0, name="远香湖小学", model="school.ifc"
    )


def _lakeside(site: Site, park: Polygon) -> None:
    """What stands in the lake park: the theatre, the library, pavilions; the IFC office has its own file."""
    wet = waters.lake().buffer(12)
    office = affinity.rotate(forms.rectangle(74, 46), OFFICE_ANGLE_DEG)
    kept = affinity.translate(office, *office_at()).buffer(6)
    block = blocks.Block(
        park.difference(wet).difference(kept).buffer(0),
        "lakeside",
        geo.GRID_ANGLE_DEG,
        "zone.yuanxiang",
        "嘉定新城",
        1.0,
    )
    site.start(block)

    def at(u, v):
        place = geo.CENTRE.world(u, v)[0]
        turned = affinity.rotate(Point(place), -block.angle_deg, origin=block.at)
        return turned.x - block.at[0], turned.y - block.at[1]

    spots = (("上海保利大剧院", forms.theatre(), (-265, -120)), ("嘉定区图书馆", forms.library(), (-478, 60)))
    for name, parts, uv in spots:
        site.patch(block, "plaza", forms.rounded(150, 124, 12), at(*uv))
        for k, (shape, height) in enumerate(parts):
            site.put(
                block,
                shape,
                at(*uv),
                "culture",
                5,
                height_m=height,
                name=name if k == 0 else "",
                gap_m=0,
                on_top=any(below.contains(shape) for below, _ in parts[:k]),
            )
    for uv in ((380, -140), (440, 560), (-470, 560), (470, 120), (-40, -130), (260, 660)):
        site.put(block, forms.rounded(26, 14, 2), at(*uv), "culture", 1, height_m=6.5)


def _villages(site: Site, wet: list[Water], hard: list, made: list[blocks.Block], rng) -> None:
    """Rows of village houses along canals in the open country, and a few workshops."""
    district = Polygon(district_outline()).buffer(-150)
    taken = shapely.STRtree([*(b.shape.buffer(60) for b in made), *_town_regions()])
    solid = shapely.STRtree(hard)
    settled: list[Polygon] = []
    canals = [w for w in wet if w.kind == "canal" and not w.name_zh]
    for canal in canals:
        line = shapely.LineString(canal.line)
        for s in np.arange(120, line.length - 120, 330):
            if rng.random() < 0.76:
                continue
            place = line.interpolate(s)
            ahead = line.interpolate(s + 5)
            angle = float(np.degrees(np.arctan2(ahead.y - place.y, ahead.x - place.x)))
            region = affinity.rotate(
                shapely.box(place.x - 115, place.y + 16, place.x + 115, place.y + 74), angle, origin=place
            )
            if (
                not district.contains(region)
                or len(taken.query(region, "intersects"))
                or shapely.intersects(region, np.array(settled, object)).any()
            ):
                continue
            settled.append(region)
            region = region.difference(
                shapely.union_all([hard[i] for i in solid.query(region, "intersects")])
            )
            for piece in shapely.get_parts(region):
                if piece.geom_type == "Polygon" and piece.area > 3500:
                    _village(site, piece, angle, rng)


def _village(site: Site, region: Polygon, angle: float, rng) -> None:
    block = blocks.Block(region, "village", angle)
    site.start(block)
    site.patch(block, "village", block.local.buffer(4))
    x0, y0, x1, y1 = block.local.bounds
    if rng.random() < 0.14:
        site.put(block, forms.rectangle(52, 26), (0, 0), "industrial", 1, height_m=8.0)
        return
    for y in np.arange(y0 + 10, y1 - 6, 23):
        for x in np.arange(x0 + 9, x1 - 8, 16.5):
            if rng.random() < 0.8:
                site.put(
                    block,
                    forms.rectangle(rng.uniform(9.5, 12.5), rng.uniform(9, 11)),
                    (x, y + rng.uniform(-1.2, 1.2)),
                    "residential",
                    int(rng.choice([2, 3])),
                    gap_m=2.0,
                )


def _banks(wet: list[Water], surfaces: list) -> shapely.Geometry:
    strips = [w.shape.buffer(20 if w.kind == "river" else 7, quad_segs=2) for w in wet if w.kind != "lake"]
    water = shapely.union_all([w.shape for w in wet])
    return shapely.union_all(strips).difference(water).difference(shapely.union_all(surfaces))


def district_outline() -> np.ndarray:
    """(n, 2) the sketch of the district outline in EPSG:4549."""
    from twin.frame import Frame

    lon, lat = np.array(geo.DISTRICT_LONLAT).T
    frame = Frame()
    return frame.to_project(frame.to_local(lon, lat, crs="EPSG:4326"))[:, :2]
