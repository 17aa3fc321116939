"""Which CRS a file's numbers are in, how sure that is, and the way from them into the frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from twin.frame import Frame, crs_label, frame_at, in_area, is_geographic, lonlat_of, metres_between, normal_crs
from twin.layer import Source
from twin.text import sentences, tr
from twin.trouble import Nowhere, Trouble

NEAR_M = 100_000.0                        # numbers this close to the frame origin may be the project's own
FAR_M = 200_000.0                         # data beyond this get a note
THREE_DEGREE_ZONES = range(25, 46)        # CGCS2000 3-degree zones: EPSG:4513 is zone 25
SIX_DEGREE_ZONES = range(13, 24)          # CGCS2000 6-degree zones: EPSG:4491 is zone 13

Box = tuple[float, float, float, float]   # min x, min y, max x, max y in the file's numbers


@dataclass(frozen=True)
class Georef:
    """`crs` "" with `source` "none": the numbers have no known place. `notes` say what was assumed.

    `shift` (x, y) is subtracted from the file's numbers first (only for files without a place).
    `turned`: the file writes the northing first (only assumed, for files without a CRS).
    """

    crs: str
    source: str
    notes: tuple[str, ...] = ()
    shift: tuple[float, float] | None = None
    turned: bool = False

    def facing(self, box: Box) -> Box:
        """A box of the file's numbers, easting first."""
        return (box[1], box[0], box[3], box[2]) if self.turned else box

    @property
    def known(self) -> bool:
        return self.source != "none"


def georef(source: Source, stated: str, stated_by: str, box: Box | None, frame: Frame | None = None, *,
           degrees: bool = True, turnable: bool = False) -> Georef:
    """The user's CRS, else the file's (`stated`, `stated_by`), else what the numbers look like.

    `degrees`: whether small numbers may be longitude and latitude. `turnable`: whether the caller can read a
    file with the northing first (`Georef.turned`). Without `frame` (inspecting) the project's own CRS cannot be
    considered.
    """
    if source.crs:
        return Georef(normal_crs(source.crs), "user")
    if stated:
        crs = normal_crs(stated)
        wrong = impossible(crs, box) if turnable else ""
        return Georef(crs, stated_by, (sentences(wrong, _say_system()),) if wrong else ())
    if box is None or not all(map(math.isfinite, box)):
        return Georef("", "none", (tr("The file states no CRS."),))
    return _from_numbers(box, frame, degrees, turnable)


def impossible(crs: str, box: Box | None) -> str:
    """What is wrong with numbers that cannot be in the CRS that their file states; "" where they may be."""
    if box is None or not crs or not all(map(math.isfinite, box)):
        return ""
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if looks_swapped(box) and not in_area(crs, *middle):
        return _exchanged(box)
    latitude = max(box[1], box[3], key=abs)
    if is_geographic(crs) and abs(latitude) > 90.0:
        return tr("It states {crs}, but its latitudes reach {y:,.2f}: its CRS or its axes are not as stated.",
                  crs=crs_label(crs), y=latitude)
    if lonlat_of(crs, *middle) is None:
        return tr("It states {crs}, in which its numbers have no place on the Earth.", crs=crs_label(crs))
    return ""


def _exchanged(box: Box) -> str:
    if _latitude_first(box):
        return tr("Its first number looks like a latitude and its second like a longitude: the axes may be exchanged.")
    return tr("Its first number looks like a northing and its second like an easting: the axes may be exchanged.")


def _say_system() -> str:
    return tr("Say its system under Coordinates… in the layer's menu.")


def _as_the_project(frame: Frame) -> Georef:
    words = tr("The file states no CRS; its numbers lie near the project, so the project's CRS is assumed.") \
        if frame.crs else tr("Neither the file nor the project states a CRS: its numbers are taken as metres.")
    return Georef(frame.crs, "assumed", (words,))


def _from_numbers(box: Box, frame: Frame | None, degrees: bool, turnable: bool = False) -> Georef:
    if frame and _near(box, frame) and (frame.origin[0], frame.origin[1]) != (0.0, 0.0):
        return _as_the_project(frame)
    if turnable and looks_swapped(box):
        return _turned(box, frame)
    if degrees and _like_degrees(box):
        return Georef("EPSG:4326", "assumed", (
            tr("The file states no CRS; its numbers look like longitude and latitude, so WGS 84 is assumed."),))
    code = zone_numbered(box)
    if code:
        return Georef(code, "assumed", (
            tr("The file states no CRS; its eastings carry a zone number, so {crs} is assumed.", crs=code),))
    if frame and _near(box, frame):
        return _as_the_project(frame)
    notes = (tr("The file states no CRS."),)
    if like_shanghai_grid(box):
        notes += (tr("Its numbers may be in Shanghai's city grid, whose parameters are not public: give a PROJ string "
                     "or control points under Coordinates… in the layer's menu."),)
    return Georef("", "none", notes)


def _turned(box: Box, frame: Frame | None) -> Georef:
    """Northing first, as Chinese surveyors write: the same guesses with the axes exchanged."""
    there = _from_numbers((box[1], box[0], box[3], box[2]), frame, _latitude_first(box))
    if not there.known:
        return replace(there, notes=(*there.notes, _exchanged(box)))
    note = tr("Its first number looks like a northing and its second like an easting: they were exchanged.")
    return replace(there, notes=(*there.notes, note), turned=True)


def zone_numbered(box: Box) -> str:
    """The CGCS2000 Gauss-Krueger zone whose number leads the eastings (40 618 946 -> EPSG:4528); "" if none."""
    zone = int(box[0] // 1e6)
    if zone != int(box[2] // 1e6) or not 1e6 < box[1] <= box[3] < 6.5e6:
        return ""
    if zone in THREE_DEGREE_ZONES:
        return f"EPSG:{4513 + zone - THREE_DEGREE_ZONES[0]}"
    if zone in SIX_DEGREE_ZONES:
        return f"EPSG:{4491 + zone - SIX_DEGREE_ZONES[0]}"
    return ""


def _like_degrees(box: Box) -> bool:
    return box[0] >= -180.0 and box[2] <= 180.0 and box[1] >= -90.0 and box[3] <= 90.0


def _near(box: Box, frame: Frame) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return math.hypot(x - frame.origin[0], y - frame.origin[1]) <= NEAR_M


def looks_swapped(box: Box) -> bool:
    """Whether x and y look like a Chinese northing and easting (X = north, Y = east), or latitude and longitude."""
    northing = 1.9e6 < box[0] and box[2] < 6.1e6
    easting = (1e5 < box[1] and box[3] < 1e6) or (1.3e7 < box[1] and box[3] < 4.6e7)
    return (northing and easting) or _latitude_first(box)


def _latitude_first(box: Box) -> bool:
    """Degrees of China whose second number is too large for a latitude."""
    return 15.0 < box[0] and box[2] < 55.0 and 90.0 < box[1] and box[3] < 136.0


def like_shanghai_grid(box: Box) -> bool:
    """Whether metres may count from the middle of Shanghai: small numbers that are no degrees."""
    return (max(abs(box[0]), abs(box[2])) < 60_000.0 and max(abs(box[1]), abs(box[3])) < 80_000.0
            and not _like_degrees(box))


def require_place(place: Georef, box: Box | None, path: str) -> Georef:
    """`place`, or Trouble with the way out where the numbers have none."""
    if place.known:
        return place
    cause = tr("It states no CRS and its numbers are not near the project")
    if box is not None:
        cause += f" (x {box[0]:,.2f} … {box[2]:,.2f}, y {box[1]:,.2f} … {box[3]:,.2f})"
        if looks_swapped(box):
            cause += tr("; x looks like a northing and y like an easting, so the axes may be swapped")
        elif like_shanghai_grid(box):
            cause += tr("; they may be in Shanghai's city grid, whose parameters are not public")
    raise Nowhere(tr("This file does not say where on the Earth it lies."), cause=cause,
                  way_out=tr("Say its system under Coordinates… in the layer's menu, or open the file in a project of "
                             "its own."), path=path)


def at_origin(place: Georef, box: Box, frame: Frame) -> Georef:
    """A file without a place, moved so that its centre stands at the frame origin; the note says so."""
    centre = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    note = tr("Its numbers are not near the project: it was placed with its centre (x {x:,.1f}, y {y:,.1f}) "
              "at the project's origin.", x=centre[0], y=centre[1])
    shift = (centre[0] - frame.origin[0], centre[1] - frame.origin[1])
    return replace(place, notes=(*place.notes, note), shift=shift)


def to_local(place: Georef, frame: Frame, x, y, z=0.0, *, height_datum: str = "", path: str = "") -> np.ndarray:
    """File coordinates to (n, 3) float64 metres from the frame origin.

    Raises Trouble where the project's CRS has no coordinates for the place, saying how far it is.
    """
    if place.turned:
        x, y = y, x
    if place.shift is not None:
        x, y = np.asarray(x) - place.shift[0], np.asarray(y) - place.shift[1]
    refuse_degrees(place, frame, path)
    try:
        return frame.to_local(x, y, z, crs=place.crs, height_datum=height_datum)
    except Trouble as error:
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if wrong := impossible(place.crs, (np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y))):
            raise Nowhere(wrong, way_out=_say_system(), path=path) from None
        raise _too_far(error, place.crs, frame, float(np.nanmean(x)), float(np.nanmean(y)), path) from None


def refuse_degrees(place: Georef, frame: Frame, path: str) -> None:
    """Raise Trouble for degrees in a project that has only local metres."""
    if place.crs and not frame.crs and is_geographic(place.crs):
        raise Trouble(tr("This file is in degrees while the project has local metres without a CRS."),
                      cause=place.crs, path=path,
                      way_out=tr("Choose the system of a layer that states none (Coordinates…): the project takes it. "
                                 "Then reload this layer."))


def _too_far(error: Trouble, crs: str, frame: Frame, x: float, y: float, path: str) -> Trouble:
    km = distance_km(crs, frame, x, y)
    if km is None or km * 1000.0 <= FAR_M:
        return Trouble.of(error, path)
    return Trouble(tr("This file lies {km:,.0f} km from the project, where its CRS has no coordinates.", km=km),
                   cause=f"{crs} → {frame.crs}",
                   way_out=tr("Open it in a project of its own."), path=path)


def distance_km(crs: str, frame: Frame, x: float, y: float) -> float | None:
    """Kilometres over the ellipsoid from the frame origin to (x, y) in `crs`; None where unknown."""
    there = lonlat_of(crs, x, y) if crs and frame.crs else None
    if there is None:
        return None
    here = frame.to_lonlat(np.zeros(3))[0]
    if not np.isfinite(here[:2]).all():
        return None
    return metres_between(here[:2], there) / 1000.0


def far_notes(place: Georef, frame: Frame, box: Box | None) -> tuple[str, ...]:
    """A note where the data lies more than 200 km from the project, or where nobody knows how far, as the project has
    no CRS that the file's could be brought into."""
    if place.crs and not frame.crs:
        return (tr("It is in {crs}, but the project has no CRS: its numbers are taken as the project's own metres. "
                   "Choose the system of a layer that states none (Coordinates…), and the project takes it.",
                   crs=crs_label(place.crs)),)
    if box is None or not place.crs or not all(map(math.isfinite, box)):
        return ()
    box = place.facing(box)
    km = distance_km(place.crs, frame, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    if km is None or km * 1000.0 <= FAR_M:
        return ()
    notes = (tr("It lies {km:,.0f} km from the project's origin; shapes are distorted there. "
                "Open it in a project of its own to see it true.", km=km),)
    if like_shanghai_grid(box):
        notes += (tr("Its numbers may be in Shanghai's city grid and its system a wrong label: say it under "
                     "Coordinates… in the layer's menu."),)
    return notes


def own_frame(crs: str, box: Box) -> Frame:
    """The frame a new project gets from this file alone."""
    return frame_at(crs, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
