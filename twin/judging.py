"""Which source of a model to believe: the one that brings its geometry to the city and onto the terrain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.data import Bounds
from twin.frame import Frame
from twin.ground import Ground
from twin.layer import Placement
from twin.passport import LATITUDE, Candidate, Passport
from twin.told import told

IN_CITY_M = 1_000.0            # beside what is drawn of a city: still part of it
NEAR_M = 200_000.0             # from an empty project's origin; latitude and longitude are believed only within this
AWAY_M = 1_000_000.0           # beyond this a plane CRS no longer holds: the model is not placed
HIGH_M = 30.0                  # over or under the terrain: something is wrong with the heights
WUSONG_DOUBT_M = 0.35


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a model is compared with: boxes of the other layers in local metres, and the terrain.

    `models`: all boxes are those of other models, which make no city.
    """

    boxes: tuple[Bounds, ...] = ()
    ground: Ground = Ground()
    models: bool = False


@dataclass(frozen=True)
class Standing:
    """One candidate in the project. `away_m` from the city, 0 = in it; from an empty project's origin, and from far
    away too, over the Earth: that is one number, whatever has been read of the city.

    `over_ground_m`: the model's foot over the terrain there; None where no terrain is known.
    """

    source: str
    placement: Placement
    away_m: float
    over_ground_m: float | None = None


@dataclass(frozen=True)
class Verdict:
    """`chosen` is the source to place the model by; None where none can be believed. `beside`: what it was compared
    with: "city", "models" where only other models stand, "" where nothing does and the project's origin had to serve.
    """

    chosen: str | None
    reason: str
    warnings: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = ()
    beside: Literal["city", "models", ""] = ""

    def standing(self, source: str) -> Standing | None:
        return next((s for s in self.standings if s.source == source), None)


def judge(passport: Passport, placements: dict[str, Placement], frame: Frame, foot: np.ndarray,
          around: Surroundings = Surroundings()) -> Verdict:
    """`foot` (3,) is the middle of the model's base in the metres that `placements` place.

    The first candidate that lies in the city wins, else the nearest that is near enough.
    """
    standings = tuple(_standing(c, placements[c.source], frame, foot, around)
                      for c in passport.candidates if c.source in placements)
    order = {c.source: (c.doubtful, i) for i, c in enumerate(passport.candidates)}
    usable = sorted((s for s in standings if s.away_m <= _reach(passport, s)), key=lambda s: order[s.source])
    near = IN_CITY_M if around.boxes else NEAR_M
    chosen = next((s for s in usable if s.away_m <= near), None) or min(usable, key=lambda s: s.away_m, default=None)
    unused = [s for s in standings if s is not chosen and s.away_m > near]
    warnings = [told("{source} puts it {distance} from the project: not used.", source=s.source,
                     distance=distance_words(s.away_m)) for s in unused]
    warnings += oddities(passport, chosen) if chosen else []
    return Verdict(chosen.source if chosen else None, _reason(chosen, standings, around), tuple(warnings), standings,
                   "models" if around.models else "city" if around.boxes else "")


def _standing(said: Candidate, place: Placement, frame: Frame, foot: np.ndarray, around: Surroundings) -> Standing:
    at = (frame.matrix(place) @ [*foot, 1.0])[:3]
    ground = float(around.ground.height_at(at[None], missing=math.nan)[0])
    away_m = away_from(at, around.boxes)
    return Standing(said.source, place, away_m if away_m < NEAR_M else frame.from_origin_m(at),
                    None if math.isnan(ground) else float(at[2]) - ground)


def away_from(point: np.ndarray, boxes: tuple[Bounds, ...]) -> float:
    """Metres in plan to the nearest box, 0 inside; to the origin where there are none."""
    if not boxes:
        return float(math.hypot(point[0], point[1]))
    gaps = [math.hypot(max(b[0] - point[0], 0.0, point[0] - b[3]), max(b[1] - point[1], 0.0, point[1] - b[4]))
            for b in boxes]
    return float(min(gaps))


def _reach(passport: Passport, standing: Standing) -> float:
    said = passport.candidate(standing.source)
    return NEAR_M if said.logeoref <= LATITUDE or said.swapped or not said.crs else AWAY_M


def oddities(passport: Passport, standing: Standing) -> list[str]:
    """What is odd about a model that stands by this candidate in this project."""
    said, out = passport.candidate(standing.source), []
    if said.logeoref <= LATITUDE:
        out.append(told("Placed by latitude and longitude only: expect an error of a kilometre."))
    if not said.crs:
        out.append(told("The file names no CRS: its large coordinates are taken for the project's."))
    if said.swapped:
        out.append(told("Placed with eastings and northings exchanged."))
    over = standing.over_ground_m
    if over is not None and abs(over) > HIGH_M:
        out.append(told("Its foot lies {m} m above the terrain.", m=f"{over:.0f}") if over > 0 else
                   told("Its foot lies {m} m below the terrain.", m=f"{-over:.0f}"))
    elif over is not None and not said.height_datum and abs(over - 1.66) < WUSONG_DOUBT_M:
        out.append(told("Its foot lies {m} m above the terrain: are its heights in Wusong datum?", m=f"{over:.2f}"))
    return out


def _reason(chosen: Standing | None, standings: tuple[Standing, ...], around: Surroundings) -> str:
    if chosen is None:
        return (told("No source of the file gives a usable place near the project.") if standings
                else told("The file does not say where it stands."))
    if not around.boxes:
        return told("The first source of the file that gives a usable place.")
    if chosen.away_m > IN_CITY_M:
        away = distance_words(chosen.away_m)
        return (told("It comes nearest to the other models: {distance}.", distance=away) if around.models else
                told("It comes nearest to the city: {distance}.", distance=away))
    farther = max((s for s in standings if s.away_m > chosen.away_m + 1.0), key=lambda s: s.away_m, default=None)
    if farther is not None:
        other, away = farther.source, distance_words(farther.away_m)
        return (told("It lies near another model; {other} would put it {distance} away.", other=other, distance=away)
                if around.models else
                told("It lies in the city; {other} would put it {distance} away.", other=other, distance=away))
    if len(standings) > 1:
        return (told("It lies near another model, and is the most exact source of the file.") if around.models else
                told("It lies in the city, and is the most exact source of the file."))
    return told("It lies near another model.") if around.models else told("It lies in the city.")


def distance_words(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 2000 else f"{metres / 1000:,.0f} km"
