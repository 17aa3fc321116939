"""An alarm rule: which readings, which limits, for how long. Plain data of the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge

LEVELS = ("normal", "yellow", "orange", "red")       # by number, as China's four-colour warnings without blue


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """Readings of `observed` in `layer` at or beyond a limit raise an event once that has lasted `min_secs`.

    It ends when a reading is back beyond `clear` (None = the lowest limit), so that a value which trembles about
    a limit raises one event and not twenty. `yellow`, `orange`, `red`: None = that level is not used.
    `basis`: the clause or the decision that the limits come from. `hours` "22:00-06:00": of every day, on the
    project's clock; outside of them nothing is beyond a limit ("" = always).
    """

    id: str
    layer: str
    name: str
    name_zh: str = ""
    observed: str = ""
    direction: Literal["above", "below"] = "above"
    yellow: float | None = None
    orange: float | None = None
    red: float | None = None
    clear: float | None = None
    min_secs: Annotated[float, Ge(0.0)] = 0.0
    basis: str = ""
    hours: str = ""

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" and self.name_zh else self.name

    def limits(self) -> tuple[tuple[int, float], ...]:
        """(level 1 to 3, limit) of the levels in use, mildest first."""
        given = ((1, self.yellow), (2, self.orange), (3, self.red))
        return tuple((level, limit) for level, limit in given if limit is not None)

    def minutes(self) -> tuple[int | None, int | None]:
        """Minutes after midnight of the two ends of `hours`; None where one is no time of day."""
        def of(words: str) -> int | None:
            hours, _, minutes = words.partition(":")
            fits = hours.isdigit() and minutes.isdigit() and int(hours) <= 24 and int(minutes) < 60
            return int(hours) * 60 + int(minutes) if fits else None
        first, _, last = self.hours.partition("-")
        return of(first), of(last)

    def fault(self) -> str:
        """What makes the rule senseless, as an English sentence; "" when nothing does."""
        sign = 1.0 if self.direction == "above" else -1.0
        values = [sign * limit for _, limit in self.limits()]
        if not values:
            return "A rule needs a limit for at least one level."
        if values != sorted(values):
            return "Each level's limit must lie beyond the one before it."
        if self.clear is not None and sign * self.clear > values[0]:
            return "The value that ends an event must lie before the first limit."
        if self.hours and None in self.minutes():
            return "Hours are written as 22:00-06:00."
        return ""
