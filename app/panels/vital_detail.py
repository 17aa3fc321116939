"""One sign opened: how its value was formed, which sensors fail and since when, and where its limits come from."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from app import theme
from layers.verdict_colors import SHAPES, level_colors
from twin import times
from twin.text import enumerated, language, tr
from twin.units import figures, shown, with_unit
from twin.vitals.catalogue import Sign
from twin.vitals.report import VERIFIED, named_level
from twin.vitals.verdict import LEVELS, WORDS

GROUP_LINK = "#group/"
MOST = 8                                     # failing members that are named before one asks for all


class Day(NamedTuple):
    """Times are written in `time_zone`; `date` "2026-07-15", the clock's, is left out of them."""

    date: str
    time_zone: str


def html(told: dict, sign: Sign, day: Day, scheme: str, whole: bool = False) -> str:
    """`told` as `twin.vitals.report.report` gives it at an instant of `day`, with the `ladder` of its group, each step
    of which is a link to "#group/ID"; `whole`: every member it names, else a link "#all" to them.
    """
    muted = theme.colour("muted", scheme)
    rows = [(tr("Verdict"), _decided(told, sign)),
            (tr("Formula"), escape(told["formula"])), (tr("Calculation"), _calculation(told)),
            (tr("Second instant (B)"), _compared(told, scheme, sign)),
            (tr("At every level"), _levels(told, scheme, sign)),
            (tr("Limits"), _limits(told, sign)),
            (tr("Sensors"), _sensors(told, day, sign, whole)),
            (tr("Worst member"), _member(told["worst"], scheme, sign) if told["worst"] else ""),
            (tr("Why no verdict"), escape(told["reason"] or "")),
            (tr("Failing"), _failing(told, day, scheme, sign, whole)),
            (tr("Source"), _source(sign))]
    cells = "".join(f'<tr><td style="color:{muted};padding:2px 10px 2px 0">{label}</td>'
                    f'<td style="padding:2px 0">{words}</td></tr>' for label, words in rows if words)
    return f"<table>{cells}</table>"


def _decided(told: dict, sign: Sign) -> str:
    """Said where a member is worse than the value: alarms are never averaged away."""
    if told["level"] == told["verdict"] or "grey" in (told["level"], told["verdict"]):
        return ""
    return tr("{verdict}, as its worst member; the value itself is {level}",
              verdict=_word(None, told["verdict"], sign), level=_word(told["value"], told["level"], sign))


def _calculation(told: dict) -> str:
    if told["numerator"] is None or not told["denominator"]:
        return tr("{n} members compared", n=f"{told['denominator'] or 0:.0f}")
    return " / ".join(figures(told[name], digits=6) for name in ("numerator", "denominator"))


def _compared(told: dict, scheme: str, sign: Sign) -> str:
    then = told.get("compared")
    if then is None:
        return ""
    level = LEVELS.index(then["verdict"])
    tone = "#{:02x}{:02x}{:02x}".format(*map(int, level_colors(scheme)[level]))
    value = "—" if then["value"] is None else figures(then["value"])
    change = "—" if told["difference"] is None else figures(told["difference"], "+")
    online = tr("{n} of {total}", n=then["reporting"], total=then["members"])
    word = _word(then["value"], then["verdict"], sign)
    return (f'<span style="color:{tone}">{SHAPES[level]}</span> {value}, {word} ({online}); '
            f'A − B {change} {escape(shown(told["unit"]))}')


def _levels(told: dict, scheme: str, sign: Sign) -> str:
    """From the district down to the room, each judged by the same members; nothing where there is but one."""
    steps = told.get("ladder", ())
    return "" if len(steps) < 2 else "<br>".join(_step(step, told["group"], scheme, sign) for step in steps)


def _step(step: dict, here: str, scheme: str, sign: Sign) -> str:
    level = LEVELS.index(step["verdict"])
    tone = "#{:02x}{:02x}{:02x}".format(*map(int, level_colors(scheme)[level]))
    name = escape(step["name_zh"] if language() == "zh" and step["name_zh"] else step["name"])
    name = f"<b>{name}</b>" if step["id"] == here else f'<a href="{GROUP_LINK}{escape(step["id"])}">{name}</a>'
    value = "—" if step["value"] is None else figures(step["value"])
    return f'<span style="color:{tone}">{SHAPES[level]}</span> {name}: {value}, ' \
           f'{_word(step["value"], step["verdict"], sign)}'


def _word(value: float | None, level: str, sign: Sign) -> str:
    """Of a level: what is below an alarm is not always normal, and the sign then says what it is."""
    named = named_level(sign, value, language()) if level == "green" and value is not None else ""
    return named or tr(WORDS[level])


def _limits(told: dict, sign: Sign) -> str:
    night = bool(sign.night) and tuple(told["thresholds"]) == sign.night
    return escape(limits_of(sign, told["thresholds"])) + (f" ({tr('night')})" if night else "")


def limits_of(sign: Sign, thresholds: tuple[float, float, float]) -> str:
    """"▲ > 35 µg/m³ · ◆ > 75 µg/m³ · ■ > 115 µg/m³"."""
    first, second, third = thresholds
    unit = sign.unit_words()
    if sign.direction == "band":
        return tr("{low} to {high}, red beyond {margin} more", low=f"{first:g}", high=with_unit(second, unit),
                  margin=with_unit(third, unit))
    mark = {("higher", False): ">", ("higher", True): "≥", ("lower", False): "<", ("lower", True): "≤"}
    sign_of = mark[sign.direction, sign.inclusive]
    return " · ".join(f"{SHAPES[k]} {sign_of} {with_unit(limit, unit)}"
                      for k, limit in ((2, first), (3, second), (4, third)))


def _sensors(told: dict, day: Day, sign: Sign, whole: bool) -> str:
    counted = {"n": told["reporting"], "total": told["members"], "rate": told["online_rate"] or 0.0}
    said = tr("{n} of {total} report ({rate:.0f} %)", **counted) if sign.window is None else \
        tr("{n} of {total} said enough in {minutes} min ({rate:.0f} %)", **counted, minutes=sign.window.minutes)
    silent = [_name(member) + _since(member, day) for member in told["silent_named"][:None if whole else MOST]]
    if silent:
        left = len(told["silent"]) - len(silent)
        more = "" if not left else f" +{left}" if whole else f' <a href="#all">+{left}</a>'
        said += "<br>" + tr("silent: {names}", names=escape(enumerated(silent)) + more)
    if told["unknown_units"]:
        said += "<br>" + tr("units taken as they are: {names}", names=escape(enumerated(told["unknown_units"])))
    return said


def _member(member: dict, scheme: str, sign: Sign, since: str = "") -> str:
    level = LEVELS.index(member["level"])
    tone = "#{:02x}{:02x}{:02x}".format(*map(int, level_colors(scheme)[level]))
    name, unit = _name(member), sign.unit_words() if sign.judges_members else ""
    room = f" ({escape(member['room'])})" if member.get("room") else ""
    value = "—" if member["value"] is None else f"{figures(member['value'])} {escape(unit)}".rstrip()
    return (f'<span style="color:{tone}">{SHAPES[level]}</span> {escape(name)}{room}: {value}, '
            f'{_word(member["value"], member["level"], sign)}{since}')


def _name(member: dict) -> str:
    return member["name_zh"] if language() == "zh" and member["name_zh"] else member["name"] or member["sensor"]


def _failing(told: dict, day: Day, scheme: str, sign: Sign, whole: bool) -> str:
    said = []
    for member in told["failing"][:None if whole else MOST]:
        said.append(_member(member, scheme, sign, _since(member, day)))
    if told["failing_count"] > len(said):
        more = tr("and {n} more", n=told["failing_count"] - len(said))
        said.append(more if whole else f'<a href="#all">{more}</a>')
    return "<br>".join(said)


def _since(member: dict, day: Day) -> str:
    """With the date, where it began on another day than the clock's."""
    if not member.get("since"):
        return ""
    time = times.readable(times.parse(member["since"]), day.time_zone)[:16]
    return " " + tr("since {time}", time=time.removeprefix(day.date).strip())


def _source(sign: Sign) -> str:
    status, verified = tr(sign.status), tr(VERIFIED[sign.verified])
    whole = status if status.startswith(verified) else f"{verified}: {status}"
    said = f"{escape(tr(sign.source))}<br>{escape(whole)}" if sign.source != "-" else verified
    if sign.measures:
        said = f"{tr(sign.measures)}<br>{said}"
    if sign.text:
        said += "<br>" + escape(tr(sign.text))
    return said + (f"<br>{tr('Limits of this project')}: {escape(sign.changed)}" if sign.changed else "")
