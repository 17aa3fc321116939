"""What a study found, as a table: houses with their hours of sun, districts with whom a facility reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.text import tr
from twin.value_words import ValueWord, worded
from twin.vitals.verdict import GREEN, GREY, RED

TARGET_PERCENT = 95.0              # of people within 15 minutes: indicator 21 of the plan


@dataclass(frozen=True, eq=False)
class StudyTable:
    """`columns`: (words, decimals; None = text). `rows`: one value a column, None = not known. `levels`: of each row.
    `places`: (layer id, the feature's id) of each row, None = nowhere.
    """

    title: str
    note: str
    columns: tuple[tuple[str, int | None], ...]
    rows: tuple[tuple[Any, ...], ...]
    levels: tuple[int, ...]
    places: tuple[tuple[str, str] | None, ...]


def sun_table(reports: dict[str, dict], limit_hours: float, today: dict | None = None,
              words: tuple[ValueWord, ...] = ()) -> StudyTable:
    """By building. `reports`: what was found by proposal; of several each has its column, and what they differ by.
    `today`: what was found without any of them. `words`: of the project, for what houses are used as.
    """
    now = {(h["layer"], h["id"]): h for h in today["buildings"]} if today else {}
    found: dict[tuple[str, str], dict[str, dict]] = {}
    for key, report in reports.items():
        for house in report["buildings"]:
            found.setdefault((house["layer"], house["id"]), {})[key] = house
    several = len(reports) > 1
    columns = [(tr("Name"), None), (tr("Windows"), 0)]
    columns += [(tr("Best window today (h)"), 2)] * bool(now)
    columns += [(f"{tr('Best window (h)')} {key}".strip(), 2) for key in reports]
    columns += [(f"{tr('Altogether (h)')} {key}".strip(), 2) for key in reports]
    columns += [(tr("Difference (h)"), 2)] * several
    if limit_hours:
        columns += [(f"{tr('Windows below {n} h', n=f'{limit_hours:g}')} {key}".strip(), 0) for key in reports]
        columns.append((tr("Rule (best window)"), None))
    lines = []
    for place, houses in found.items():
        any_one = next(iter(houses.values()))
        longest, most, lacking = ([houses[key][name] if key in houses else None for key in reports]
                                  for name in ("longest_hours", "most_hours", "windows_below"))
        known = [hours for hours in longest if hours is not None]
        before = [now[place]["longest_hours"] if place in now else None] * bool(now)
        row = [_called(any_one, words), any_one["windows"], *before, *longest, *most]
        if several:
            row.append(longest[-1] - longest[0] if len(known) == len(longest) else None)
        level = GREY
        if limit_hours:
            level = GREEN if min(known) >= limit_hours else RED
            dark = any(hours is not None and hours < limit_hours for hours in before)
            row += [*lacking, tr("reached") if level == GREEN else tr("below, today too") if dark else tr("below")]
        lines.append((min(known), tuple(row), level, place))
    lines.sort(key=lambda line: (line[0], str(line[1][0])))
    first = next(iter(reports.values()))
    note = tr("{date}, {start} to {end}: {n} buildings; the best of the lowest windows of each, without a break",
              date=first["date"], start=first["from"], end=first["to"], n=len(lines))
    if limit_hours:
        note += " · " + tr("{n} below the rule of {hours} h", n=sum(line[2] == RED for line in lines),
                           hours=f"{limit_hours:g}")
    return StudyTable(tr("Hours of sun"), note, tuple(columns), tuple(line[1] for line in lines),
                      tuple(line[2] for line in lines), tuple(line[3] for line in lines))


def _called(house: dict, words: tuple[ValueWord, ...]) -> str:
    """By its name; one without is known by its use, too: "residential b07289"."""
    use = worded(words, "use", house["use"])
    return house["name"] or f"{use} {house['id']}".strip()


def reach_table(report: dict, before: dict | None = None) -> StudyTable:
    """By zone, all of them first. `before`: the report without what was added, as a column of its own."""
    columns = [(tr("Zone"), None), (tr("Population"), 0), (tr("Buildings"), 0), (tr("Covered (%)"), 1)]
    columns += [(tr("Before (%)"), 1)] * (before is not None) + [(tr("Target ≥ {n} %", n=f"{TARGET_PERCENT:g}"), None)]
    rows, levels, places = [], [], []
    every = [(tr("Altogether"), report, None), *((zone["name"], zone, zone["place"]) for zone in report["areas"])]
    earlier = {zone["name"]: zone for zone in before["areas"]} if before else {}
    for name, told, place in every:
        share = told["covered_percent"]
        row = [name, told["people"], told["buildings"], share]
        if before is not None:
            row.append((before if told is report else earlier.get(name, {})).get("covered_percent"))
        level = GREY if share is None else GREEN if share >= TARGET_PERCENT else RED
        rows.append((*row, "–" if share is None else tr("reached") if level == GREEN else tr("below")))
        levels.append(level)
        places.append(place)
    note = tr("{n} facilities, {minutes} min on foot along the streets", n=report["facilities"],
              minutes=f"{report['minutes']:g}")
    return StudyTable(tr("Reach on foot"), note, tuple(columns), tuple(rows), tuple(levels), tuple(places))
