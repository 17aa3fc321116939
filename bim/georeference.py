"""The passport of a model: every source the file offers, what each says, and what is odd about it.

Lengths here are metres unless a name says otherwise. Points come from the kernel in metres, so the
factor on them is Scale * map unit / project unit.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bim import site_place
from bim.attributes import BROKEN, sound
from bim.conversions import Conversion, conversions, named_crs
from bim.crs_names import height_datum, looks_like_city_system, understood, zone_numbered
from bim.known_places import default_city, is_null_island
from bim.map_units import length_unit_m, map_unit, scale_of
from twin.frame import Frame, axis_unit_m, in_area, lonlat_of, metres_between
from twin.passport import ADDRESS, FAR_PLACEMENT, LATITUDE, WORLD_SYSTEM, Candidate, Passport
from twin.placing import in_crs, swapped
from twin.told import told

FAR_M = 5_000.0                # geometry further from its origin than this was drawn in map coordinates
TWICE_M = 50_000.0             # so far out a conversion on top of the coordinates is one too many
APART_M = 2_000.0              # latitude and longitude are no better than a kilometre
NORTH_DEG = 1.0
SITE_DEGREES, SITE_PLACEMENT, COORDINATES = "RefLatitude/RefLongitude", "IfcSite placement", "coordinates"


def passport(model, crs_override: str = "", centre: np.ndarray | None = None) -> Passport:
    """What the file says. `crs_override` replaces the CRS of its map coordinates.

    `centre` (3,) metres is where the geometry was found to lie; without it the placements are asked.
    """
    unit = sound(length_unit_m, model, otherwise=None)
    warnings = [] if unit is not None else [told("The file names no length unit: metres are assumed. If it is a "
                                                     "thousand times too large, millimetres were meant.")]
    try:
        maker = _Maker(model, unit or 1.0, crs_override, centre, warnings)
        for look in (maker.conversions, maker.far_coordinates, maker.world_system, maker.degrees,
                     maker.contradictions):
            look()
        return maker.passport()
    except BROKEN:
        known = np.zeros(3) if centre is None else centre
        return Passport(warnings=(*warnings, told("The file is broken where it says its place.")),
                        centre=tuple(map(float, known)))


class _Maker:
    """Collects candidates and warnings, one source after the other, in the order of belief."""

    def __init__(self, model, unit: float, crs_override: str, centre: np.ndarray | None, warnings: list[str]):
        self.model, self.unit, self.crs_override, self.warnings = model, unit, crs_override, warnings
        self.centre = (site_place.middle(model, FAR_M / unit) * unit if centre is None
                       else np.asarray(centre, np.float64))
        self.north = site_place.true_north_deg(model)
        self.candidates: list[Candidate] = []
        self.address = site_place.address(model)

    def passport(self) -> Passport:
        level = max((c.logeoref for c in self.candidates), default=ADDRESS if self.address else 0)
        if level == 0 or level == ADDRESS:
            self.warnings.append(told("The file does not say where it stands."))
        elif level < 50:
            self.warnings.append(told("The file gives no map conversion: its place is only of level {level} "
                                      "(LoGeoRef).", level=level))
        return Passport(candidates=tuple(self.candidates), warnings=tuple(dict.fromkeys(self.warnings)), level=level,
                        true_north_deg=90.0 if self.north is None else self.north, address=self.address,
                        centre=tuple(map(float, self.centre)))

    # -- map conversions -------------------------------------------------------------------------------

    def conversions(self) -> None:
        found, odd = conversions(self.model)
        self.warnings += odd
        for said in found:
            if said.eastings is None or said.northings is None:
                self.warnings.append(told("{source} gives no eastings or northings.", source=said.source))
            else:
                self._conversion(said)

    def _conversion(self, said: Conversion) -> None:
        crs, odd = understood(said.crs)
        self.warnings += odd if not self.crs_override else []
        crs = self.crs_override or crs
        if said.in_degrees:
            return self._add(Candidate(source=self._name(said.source), crs=crs or "EPSG:4326", easting=said.eastings,
                                       northing=said.northings, height=said.height or 0.0,
                                       height_datum=height_datum(said.crs)))
        metres, odd = map_unit(said, crs, self.unit)
        factor, more = scale_of(said, self.unit, metres)
        self.warnings += [*odd, *more]
        reference = site_place.world_system(self.model)
        turn = said.rotation_deg - math.degrees(math.atan2(reference[1, 0], reference[0, 0]))
        plan, height = factor * said.factors[0], factor * said.factors[2]
        if max(said.factors[:2]) - min(said.factors[:2]) > 1e-6 or not 0.99 < said.factors[0] < 1.01:
            plan = height = factor
            self.warnings.append(told("{source} stretches the axes; only its uniform scale is used.",
                                      source=said.source))
        crs_unit = axis_unit_m(crs)
        self._add(Candidate(
            source=self._name(said.source), crs=crs, easting=said.eastings * metres / crs_unit,
            northing=said.northings * metres / crs_unit, height=(said.height or 0.0) * metres, scale=plan,
            height_scale=height, grid_rotation_deg=turn, height_datum=height_datum(said.crs),
            local_point=tuple(map(float, reference[:3, 3] * self.unit))), variants=True)

    def _name(self, source: str) -> str:
        taken = {c.source for c in self.candidates}
        return next(n for n in (source, *(f"{source} {i}" for i in range(2, 1000))) if n not in taken)

    # -- coordinates that are the map's own ------------------------------------------------------------

    def far_coordinates(self) -> None:
        """Where the geometry lies far from its origin, that place may be meant as map coordinates."""
        away = math.hypot(*self.centre[:2])
        converted = self.candidates[0] if self.candidates else None
        if away < FAR_M or (converted and not self._twice(converted)):
            return
        site = site_place.site_origin(self.model)
        by_site = site is not None and math.hypot(*site[:2]) * self.unit > FAR_M
        at = site * self.unit if by_site else np.round(self.centre)
        if converted:
            self.warnings.append(told("Georeferenced twice: its geometry lies in map coordinates already, and {source} "
                                      "would move it once more.", source=converted.source))
        self._add(Candidate(
            source=SITE_PLACEMENT if by_site else COORDINATES, crs=self._crs_of_coordinates(at, converted),
            easting=float(at[0]), northing=float(at[1]), height=float(at[2]), grid_rotation_deg=0.0,
            logeoref=FAR_PLACEMENT, local_point=tuple(map(float, at))), variants=False)

    def _twice(self, converted: Candidate) -> bool:
        shift = math.hypot(converted.easting, converted.northing)
        there = self.centre[:2] / axis_unit_m(converted.crs)
        return (shift > FAR_M and math.hypot(*(self.centre - converted.local_point)[:2]) > TWICE_M
                and (not converted.crs or in_area(converted.crs, *there, margin_deg=0.5)))

    def _crs_of_coordinates(self, at: np.ndarray, converted: Candidate | None) -> str:
        if self.crs_override or converted:
            return self.crs_override or converted.crs
        if (said := named_crs(self.model)) and (crs := understood(said)[0]):
            return crs
        if crs := zone_numbered(float(at[0])):
            self.warnings.append(told("Its eastings begin with a zone number: {crs} is assumed.", crs=crs))
            return crs
        if looks_like_city_system(*at[:2]):
            self.warnings.append(told("Its coordinates look like those of a city's own system (Shanghai's are of this "
                                      "size): give its CRS, or place it by two points."))
        return ""

    def world_system(self) -> None:
        """A far origin of the world coordinate system, without a conversion that it would belong to."""
        at = site_place.world_system(self.model)[:3, 3] * self.unit
        if self.candidates or math.hypot(*at[:2]) < FAR_M:
            return
        turn = site_place.world_system(self.model)
        self._add(Candidate(source="WorldCoordinateSystem", crs=self._crs_of_coordinates(at, None),
                            easting=float(at[0]), northing=float(at[1]), height=float(at[2]), logeoref=WORLD_SYSTEM,
                            grid_rotation_deg=math.degrees(math.atan2(turn[1, 0], turn[0, 0]))))

    # -- degrees ---------------------------------------------------------------------------------------

    def degrees(self) -> None:
        said = site_place.site_degrees(self.model)
        if said is None:
            return
        if is_null_island(said.lon, said.lat):
            self.warnings.append(told("Its latitude and longitude are 0 (Null Island): nobody has set them."))
            return
        if city := default_city(said.lon, said.lat):
            self.warnings.append(told("Its latitude and longitude are those that authoring tools write for {city} "
                                      "unasked.", city=told(city)))
        elif said.to_the_minute:
            self.warnings.append(told("Its latitude and longitude are given to the minute only (a mile)."))
        height = said.elevation * self.unit
        if self.unit < 0.5 and 1.0 <= abs(said.elevation) < 5000.0 and abs(height) < 1.0:
            self.warnings.append(told("RefElevation {value} would be {height} m in the file's unit: it may be meant in "
                                      "metres.", value=f"{said.elevation:g}", height=f"{height:g}"))
        site = site_place.site_origin(self.model)
        self._add(Candidate(
            source=SITE_DEGREES, crs="EPSG:4326", easting=said.lon, northing=said.lat, height=height,
            logeoref=LATITUDE, doubtful=bool(city),
            local_point=(0.0, 0.0, 0.0) if site is None else tuple(map(float, site * self.unit))))

    # -- what is odd -----------------------------------------------------------------------------------

    def _add(self, said: Candidate, variants: bool = False) -> None:
        """With its longitude and latitude; and as it may have been meant, where as written it lies far off."""
        if not said.crs:
            self.candidates.append(said)
            if variants and said.easting > 1e6 > abs(said.northing):
                self.candidates.append(self._swap(said))
            return
        at = lonlat_of(said.crs, said.easting, said.northing)
        if at:
            said = replace(said, lon=at[0], lat=at[1])
        x, y = self._middle(said)
        if variants and not said.easting and not said.northing and math.hypot(*self.centre[:2]) < FAR_M:
            self.warnings.append(told("{source} gives eastings and northings of 0: nobody has set them.",
                                      source=said.source))
            self.candidates.append(replace(said, doubtful=True))
        elif not variants or in_area(said.crs, x, y):
            self.candidates.append(said)
        else:
            self.candidates.append(replace(said, doubtful=True))
            self._as_meant(said)

    def _as_meant(self, said: Candidate) -> None:
        exchanged, zone = swapped(said), said.easting // 1e6 * 1e6
        if in_area(said.crs, *self._middle(exchanged)):
            self.candidates.append(self._swap(said))
            self.warnings.append(told("Eastings and northings look swapped: exchanged they lie where {crs} is made "
                                      "for.", crs=said.crs))
        elif said.easting > 1e7 and in_area(said.crs, said.easting - zone, said.northing):
            bare = replace(said, source=self._name(f"{said.source} (zone number removed)"),
                           easting=said.easting - zone, lon=None, lat=None)
            self.warnings.append(told("Its eastings begin with a zone number that {crs} does not have.", crs=said.crs))
            self._add(bare)
        else:
            self.warnings.append(told("The place lies outside the area that {crs} is made for.", crs=said.crs))

    def _swap(self, said: Candidate) -> Candidate:
        other = swapped(said)
        at = lonlat_of(said.crs, other.easting, other.northing) if said.crs else None
        return replace(other, source=self._name(f"{said.source} (swapped)"), lon=at[0] if at else None,
                       lat=at[1] if at else None)

    def _middle(self, said: Candidate) -> tuple[float, float]:
        return in_crs(said, self.centre)

    def contradictions(self) -> None:
        """Between a map conversion and degrees, and between a conversion's turn and true north."""
        first = next((c for c in self.candidates if c.crs and not c.doubtful and c.grid_rotation_deg is not None), None)
        by_degrees = next((c for c in self.candidates if c.source == SITE_DEGREES), None)
        at = lonlat_of(first.crs, *self._middle(first)) if first else None
        if at and by_degrees:
            apart = metres_between(at, (by_degrees.lon, by_degrees.lat))
            if apart > APART_M + math.hypot(*(self.centre - by_degrees.local_point)[:2]):
                self.warnings.append(told("{one} and {other} contradict each other: they lie {km} km apart.",
                                          one=first.source, other=by_degrees.source, km=f"{apart / 1000:,.0f}"))
        if at and self.north is not None and abs(self.north - 90.0) > 0.01:
            self._north(first)

    def _north(self, said: Candidate) -> None:
        """True north in the grid lies at 90 degrees and the convergence, counter-clockwise from east."""
        convergence = Frame(crs=said.crs).convergence_deg(*self._middle(said))
        off = (said.grid_rotation_deg + self.north - 90.0 - convergence + 180.0) % 360.0 - 180.0
        if abs(off) > NORTH_DEG:
            self.warnings.append(told("TrueNorth and {source} differ by {deg}°: the map conversion is followed.",
                                      source=said.source, deg=f"{abs(off):.1f}"))
