"""The catalogue of vital signs: what each is made of, how a zone's value is formed, and where its verdict turns.

It is data (`signs.json`, `limits.json`), each row with its source and how far that was verified; a project may judge
otherwise (`VitalChoices`). Datastreams feed a sign by the name of their observed property.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from twin.text import language, tr
from twin.units import shown
from twin.vitals.choices import VitalChoices

FOLDER = Path(__file__).parent
DOMAINS = {
    "air": "Air", "water": "Water quality", "noise": "Ambient noise", "weather": "Weather", "flood": "Flood",
    "traffic": "Traffic", "fire": "Fire", "sites": "Building sites", "underground": "Underground",
    "buildings": "Buildings", "infrastructure": "Infrastructure", "energy": "Energy", "people": "People",
}
JUDGED_TOGETHER = {"share", "p95", "median", "median_abs", "weighted", "online"}
COMPLETE = 0.5                        # share of a sign's sensors that must report where the catalogue asks nothing else
STALE_MINUTES = 15.0


@dataclass(frozen=True)
class Window:
    """What is made of a sensor's readings before they count, once every `step_minutes`.

    `kind`: "mean", "sum" (of an hourly rate), "max" since local midnight ("day_max"), "rate" (change per minute),
    "warning" (how many of `steps`, (minutes, sum), are reached), "own_rank" (per cent of the sensor's own readings that
    are lower). `share` of the expected readings must be there.
    """

    kind: str
    minutes: int
    step_minutes: int = 5
    share: float = 0.75
    steps: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Select:
    """Only datastreams whose `column` says `value`; those that say nothing count where `unstated`."""

    column: str
    value: str
    unstated: bool = False


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One vital sign. `how` forms a zone's value from its members; `levels` are three thresholds.

    `direction` "higher" or "lower" is worse, or "band": (low, high, margin). A threshold that is just reached counts as
    passed where `inclusive`. `night`: thresholds outside the catalogue's day hours. `hours`, `months`: when the sign
    applies at all. `parts`: (sign, item of `standard` in `limits.json`) that a station's index is made of. `datum`: of
    heights. `room_mean`: sensors of one room are averaged before. `names`, `official`: (threshold, English, Chinese).
    """

    id: str
    domain: str
    name: str
    name_zh: str
    unit: str
    properties: tuple[str, ...]
    how: str
    direction: str
    levels: tuple[float, float, float]
    night: tuple[float, float, float] | None = None
    inclusive: bool = False
    window: Window | None = None
    select: Select | None = None
    per: str = ""
    room_mean: bool = False
    standard: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    datum: str = ""
    hours: tuple[int, int] | None = None
    months: tuple[int, ...] = ()
    over_night_limit: bool = False
    names: tuple[tuple[float, str, str], ...] = ()
    official: tuple[tuple[float, str, str], ...] = ()
    complete: float = COMPLETE
    stale_minutes: float = STALE_MINUTES
    how_text: str = ""
    text: str = ""
    measures: str = ""                # where the name alone may be taken for something else
    source: str = ""
    verified: str = ""
    status: str = ""
    changed: str = ""                 # where and when the project's own judgement comes from; "" = the catalogue's

    def unit_words(self) -> str:
        """The unit as people read it; "" for a bare number."""
        return shown(tr(self.unit))

    def title(self, in_language: str = "") -> str:
        return self.name_zh if (in_language or language()) == "zh" and self.name_zh else self.name

    @property
    def judges_members(self) -> bool:
        """Whether each sensor has a verdict of its own; a share or a percentile is judged as a whole."""
        return self.how not in JUDGED_TOGETHER


@dataclass(frozen=True)
class Limit:
    """A row of a standard: the values of an item at its classes or breakpoints."""

    standard: str
    row: str
    item: str
    unit: str
    values: tuple
    note: str = ""
    status: str = ""


@dataclass(frozen=True)
class Catalogue:
    as_of: str
    day_hours: tuple[int, int]
    signs: tuple[Sign, ...]
    limits: tuple[Limit, ...]
    _by_id: dict[str, Sign] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self):
        self._by_id.update({s.id: s for s in self.signs})

    def sign(self, id: str) -> Sign | None:
        return self._by_id.get(id)

    def of_property(self, property: str) -> tuple[Sign, ...]:
        """The signs that an observed property feeds; upper and lower case are the same."""
        wanted = property.casefold()
        return tuple(s for s in self.signs if any(p.casefold() == wanted for p in s.properties))

    def limit(self, standard: str, item: str) -> Limit | None:
        """The row of a standard whose item begins so."""
        return next((x for x in self.limits if x.standard == standard and item in x.item), None)

    def chosen(self, choices: VitalChoices) -> Catalogue:
        """The catalogue with the project's own judgements in place."""
        if not choices.signs:
            return self
        signs = tuple(_chosen(s, choices.sign(s.id)) for s in self.signs)
        return Catalogue(self.as_of, self.day_hours, signs, self.limits)


@cache
def catalogue() -> Catalogue:
    """As citytwin brings it along."""
    told = json.loads((FOLDER / "signs.json").read_text(encoding="utf-8"))
    limits = json.loads((FOLDER / "limits.json").read_text(encoding="utf-8"))["limits"]
    return Catalogue(told["as_of"], tuple(told["day_hours"]), tuple(_sign(row) for row in told["signs"]),
                     tuple(Limit(**{**row, "values": tuple(row["values"])}) for row in limits))


def _sign(row: dict) -> Sign:
    window, select = row.get("window"), row.get("select")
    parts = {k: _tuples(v) for k, v in row.items() if k not in ("window", "select")}
    return Sign(**parts, window=Window(**{k: _tuples(v) for k, v in window.items()}) if window else None,
                select=Select(**select) if select else None)


def _tuples(value):
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _chosen(sign: Sign, choice) -> Sign:
    if choice is None:
        return sign
    told = {name: getattr(choice, name) for name in ("levels", "night") if len(getattr(choice, name)) == 3}
    if choice.complete is not None:
        told["complete"] = choice.complete
    return replace(sign, **told, properties=(*sign.properties, *choice.properties),
                   changed=" ".join(filter(None, (choice.source, choice.date))) or "project")
