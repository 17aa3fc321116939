"""What the passport panel says about a model's place, as text. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.panels.facts import MISSING, Row
from app.rejudging import News
from app.standing import BY_HAND, Site
from twin.frame import Frame, is_geographic
from twin.judging import distance_words, oddities
from twin.passport import Candidate
from twin.placing import matrix_of
from twin.text import tr
from twin.told import anew

DATUMS = {"": "As the file says", "1985": "1985 height datum", "wusong": "Wusong height datum",
          "ellipsoid": "Ellipsoid heights"}


@dataclass(frozen=True)
class Line:
    """A source that can be chosen. `numbers` as the file gives them, `standing` what that would mean here."""

    source: str
    name: str
    level: str
    numbers: str
    standing: str
    usable: bool
    chosen: bool


def lines(site: Site) -> list[Line]:
    """Every source, best first; a place by hand comes before them."""
    found = [_line(site, c) for c in site.passport.candidates]
    if site.source == BY_HAND:
        p = site.place
        numbers = f"E {p.easting:,.3f}  N {p.northing:,.3f}\nH {p.height:,.2f}  ·  {p.rotation_deg:.3f}°"
        found.insert(0, Line(BY_HAND, tr("By hand"), "", numbers, _height(site.over_ground_m), True, True))
    return found


def _line(site: Site, said: Candidate) -> Line:
    standing = site.verdict.standing(said.source)
    words = tr("has no place in the project's CRS")
    if standing:
        words = "  ·  ".join(filter(None, (_away(site, standing.away_m), _height(standing.over_ground_m))))
    return Line(said.source, name_of(said.source), f"LoGeoRef {said.logeoref}", numbers_of(said), words,
                standing is not None, said.source == site.source)


def _away(site: Site, away_m: float) -> str:
    distance = distance_words(away_m)
    if not site.verdict.beside:
        return tr("{distance} from the project's origin", distance=distance)
    inside = tr("where another model stands") if site.verdict.beside == "models" else tr("in the city")
    return inside if away_m <= 0 else tr("{distance} away", distance=distance)


def name_of(source: str) -> str:
    """A source as people read it; the names of IFC stay."""
    if source.endswith(" (swapped)"):
        return tr("{source}, E and N exchanged", source=name_of(source.removesuffix(" (swapped)")))
    if source.endswith(" (zone number removed)"):
        return tr("{source}, without its zone number", source=name_of(source.removesuffix(" (zone number removed)")))
    return {"coordinates": tr("Coordinates of the geometry"), "IfcSite placement": tr("Placement of the site"),
            "RefLatitude/RefLongitude": tr("Latitude and longitude of the site"),
            BY_HAND: tr("By hand")}.get(source, source)


def numbers_of(said: Candidate) -> str:
    turn = f"  ·  {said.grid_rotation_deg:.3f}°" if said.grid_rotation_deg else ""
    plan = (f"{said.northing:.6f}°, {said.easting:.6f}°" if said.crs and is_geographic(said.crs)
            else f"E {said.easting:,.3f}  N {said.northing:,.3f}")
    return f"{plan}\nH {said.height:,.2f}{turn}"


def _height(over_m: float | None) -> str:
    if over_m is None:
        return ""
    return (tr("{m} m over the terrain", m=f"{over_m:,.2f}") if over_m >= 0
            else tr("{m} m under the terrain", m=f"{-over_m:,.2f}"))


def headline(site: Site) -> str:
    if not site.source:
        return tr("It stands nowhere yet")
    level = site.passport.candidate(site.source)
    return name_of(site.source) + (f"  ·  LoGeoRef\N{NO-BREAK SPACE}{level.logeoref}" if level else "")


def reason(site: Site) -> str:
    """Why it stands there."""
    if site.source == BY_HAND:
        best = site.verdict.chosen
        return tr("Put here; of the file's sources {source} would be the best.", source=name_of(best)) if best \
            else tr("Put here: {why}", why=anew(site.verdict.reason))
    if site.source and site.source != site.verdict.chosen:
        return tr("Chosen by you.") if site.layer.georeference else anew(site.mesh.georeference.get("reason", ""))
    return anew(site.verdict.reason)


def warnings(site: Site) -> list[str]:
    """Of the file and of this place, each once."""
    here = site.verdict.standing(site.source)
    said = (*site.passport.warnings, *(oddities(site.passport, here) if here else ()))
    return list(dict.fromkeys(map(anew, said)))


def rows(site: Site, frame: Frame) -> list[Row]:
    """Where it stands in the project, and what is left over against terrain and city."""
    place = site.place
    if place is None:
        return []
    at = matrix_of(site.mesh, place, frame)[:3, 3]
    lon, lat, _ = frame.to_lonlat(at[None])[0]
    said = site.passport.candidate(site.source)
    datum = site.layer.source.height_datum if site.layer.source else ""
    return [
        Row(tr("Longitude, latitude"), f"{lon:.7f}°, {lat:.7f}°" if lon == lon else MISSING, key="lonlat"),
        Row(tr("Scale"), f"{place.scale:.7f}", key="scale"),
        Row(tr("True north"), tr("{deg}° from grid north", deg=f"{site.convergence_deg:+.4f}"), key="convergence"),
        Row(tr("Height datum"), tr(DATUMS[datum]) if datum else _stated_datum(said), key="datum"),
        Row(tr("Foot to terrain"), _height(site.over_ground_m) or MISSING, key="ground"),
        *_against_rows(site),
    ]


def _stated_datum(said: Candidate | None) -> str:
    return tr(DATUMS[said.height_datum]) if said and said.height_datum else tr("the file does not say")


def in_wusong(site: Site) -> bool:
    """Whether its heights are Wusong's, by the file's word or the user's."""
    said = site.passport.candidate(site.source)
    datum = site.layer.source.height_datum if site.layer.source else ""
    return (datum or (said.height_datum if said else "")) == "wusong"


def _against_rows(site: Site) -> list[Row]:
    if site.against is None:
        return [Row(tr("City building"), MISSING, key="building")]
    found = site.against.found
    turn = MISSING if found.turned_deg is None else f"{found.turned_deg:+.2f}°"
    apart = (tr("overlaps {percent} %", percent=f"{found.overlap * 100:.0f}") if found.overlap > 0 else
             tr("{m} m apart", m=f"{found.apart_m:.1f}"))
    return [Row(tr("City building"), site.against.name, key="building"), Row(tr("Outline"), apart, key="overlap"),
            Row(tr("Middles"), f"ΔE {found.east_m:+.2f} m  ΔN {found.north_m:+.2f} m", key="offset"),
            Row(tr("Walls"), turn, key="turn"),
            Row(tr("Area ratio"), f"{found.area_ratio:.2f}", key="area")]


def again(news: News) -> tuple[str, str]:
    """What was loaded since speaks for another place: said, and left to the user."""
    found = (tr("Since it was placed, other layers were loaded: {source} fits them better.",
                source=name_of(news.chosen)) if news.chosen else
             tr("Since it was placed, other layers were loaded: no source of its file brings it near them."))
    return found, news.reason
