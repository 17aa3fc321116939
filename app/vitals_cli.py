"""`citytwin vitals`: the vital signs of a project's zones (or rooms, buildings, things) at an instant."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from app.made_up import say_so, synthetic
from app.printing import print_json
from twin.data import Sensors
from twin.units import figures

COMMANDS = ("vitals",)
KINDS = ("zone", "room", "storey", "building", "thing", "type")
# kinds of layers that are read for it
MORE = {"room": ("building",), "storey": ("building",), "building": ("building", "city")}
MARKS = {"grey": "·", "green": "o", "yellow": "!", "orange": "!!", "red": "!!!"}


def add_commands(commands, shared) -> None:
    command = commands.add_parser("vitals", parents=[shared], help="print the vital signs of zones at an instant")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--zone", default="", metavar="ZONE", help="id or name (default: all)")
    command.add_argument("--time", default="", metavar="ISO8601", help="at that instant (default: the project's)")
    command.add_argument("--compare", default="", metavar="ISO8601",
                         help="the second instant: its values and the difference, too")
    command.add_argument("--by", choices=KINDS, default="zone", help="groups of sensors (default: zones)")
    command.add_argument("--sign", default="", metavar="SIGN", help="only this sign, for example air.pm25")
    command.set_defaults(run=_vitals)


def _vitals(options) -> int:
    from twin import times
    session = opened(options.project, options.time, MORE.get(options.by, ()))
    try:
        from app.vitals import board_now
        board = board_now(session, options.by)
        state, zone = board.at(session.clock.now_ns), session.document.time_zone
        then = _second(session, board, options.compare) if options.compare else None
        zones = [_zone(board, state, then, n, options.sign) for n in _wanted(board, options.zone)]
        made_up = synthetic(session.document)
        answer = {"time": times.iso(session.clock.now_ns, zone), "time_zone": zone, "synthetic": made_up,
                  "by": options.by, "compare": times.iso(then.time_ns, zone) if then else None,
                  "catalogue": board.names.as_of, "night": state.night, "zones": zones}
        if options.json:
            print_json(answer)
        else:
            say_so(made_up)
            print("\n\n".join(_table(z, answer["time"]) for z in zones))
        return 0
    finally:
        session.close()


def opened(project: Path, time_text: str, more: tuple[str, ...] = ()):
    """A session at an instant (default: the project's own), with sensors, zones and `more` kinds of layers read.

    The caller closes it.
    """
    from app.discover import layer_types
    from app.session import Session
    from twin.project import load
    layer_types()
    session = Session(load(project))
    session.settle(only=("sensors", "zones", *more, *session.document.vitals.zone_layers))
    if _placeless(session):
        session.settle(only=("building",))               # elements of a model carry them: as in the window
    set_time(session, time_text)
    return session


def _placeless(session) -> bool:
    """Whether a source of readings has sensors without a place of their own."""
    return any(isinstance(payload, Sensors) and not np.isfinite(payload.positions[:, :2]).all()
               for _, payload in session.timed_layers())


def set_time(session, text: str) -> None:
    """To an instant; without one the project's own, else the newest reading's."""
    from twin import times
    if text:
        session.clock.go_to(times.parse(text, session.document.time_zone))
    elif not session.clock.now_ns:
        session.clock.go_to(session.newest_ns() or 0)


def _wanted(board, name: str) -> list[int]:
    from twin.text import language, tr
    from twin.trouble import Trouble
    known = board.groups.groups
    if not name:
        return list(range(len(known)))
    at = board.groups.index(name)
    if at < 0:
        like = [g for g in known if any(name.casefold() in text.casefold() for text in (g.id, g.name, g.name_zh))]
        many = Counter(g.layer for g in known)               # a few areas are told before hundreds of blocks
        told = like or sorted(known, key=lambda g: many[g.layer])
        ids = ", ".join(f"{g.id} ({g.title(language())})" if like else g.id for g in told[:20]) or tr("none")
        raise Trouble(tr("There is no zone called {name}.", name=name), way_out=tr("Zones: {known}.", known=ids))
    return [at]


def _second(session, board, text: str):
    """The state at the instant that is compared with."""
    from app import timing
    at_ns = timing.instant(session.document, text)
    for _ in board.work(at_ns):
        pass
    return board.at(at_ns)


def _zone(board, state, then, group: int, only: str) -> dict:
    from twin.vitals.difference import compared
    from twin.vitals.report import absent, report
    told = board.groups.groups[group]
    rows = {s.id: n for n, s in enumerate(state.signs)}
    signs = [report(board, state, rows[s.id], group) | (compared(state, then, rows[s.id], group) if then else {})
             if s.id in rows else absent(s) for s in board.names.signs if only in ("", s.id)]
    return {"id": told.id, "name": told.name, "name_zh": told.name_zh, "kind": told.kind,
            "sensors": len(board.groups.rows_of(group)), "signs": signs}


def _change(sign: dict) -> str:
    if "compared" not in sign:
        return ""
    then, change = sign["compared"], sign["difference"]
    value = "—" if then["value"] is None else figures(then["value"])
    return f"  B {MARKS[then['verdict']]} {value}  Δ {'—' if change is None else figures(change, '+')}"


def _table(zone: dict, time_text: str) -> str:
    from twin.text import language, tr
    from twin.vitals.verdict import WORDS
    name = zone["name_zh"] if language() == "zh" and zone["name_zh"] else zone["name"]
    lines = [f"{name} ({zone['id']}) {time_text}"]
    absent = 0
    for sign in zone["signs"]:
        if not sign["members"]:
            absent += 1
            continue
        title = sign["name_zh"] if language() == "zh" else sign["name"]
        value = "—" if sign["value"] is None else figures(sign["value"])
        worst = sign["worst"]
        said = f"{MARKS[sign['verdict']]:3} {tr(WORDS[sign['verdict']]):10} {value:>8} {sign['unit']:<10} {title}"
        said += f"  [{sign['reporting']}/{sign['members']}]"
        said += f"  {tr(sign['measures'])}" if sign["measures"] else ""
        said += _change(sign)
        if worst and worst["level"] not in ("green", "grey"):
            said += f"  {worst['sensor']} {figures(worst['value'])}"
        lines.append(said + (f"  ({sign['reason']})" if sign["reason"] else ""))
    lines.append(tr("{n} signs of the catalogue have no sensor here.", n=absent))
    return "\n".join(lines)
