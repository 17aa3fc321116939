"""`citytwin indicators`: the plan's 35 indicators of a project, actual against target."""

from __future__ import annotations

from pathlib import Path

from app.made_up import say_so, synthetic
from app.printing import print_json

COMMANDS = ("indicators",)
MARKS = {True: "●", False: "■", None: "–"}


def add_commands(commands, shared) -> None:
    command = commands.add_parser("indicators", parents=[shared], help="print the plan's 35 indicators")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--time", default="", metavar="ISO8601", help="at that instant (default: the project's)")
    command.add_argument("--enter", nargs=2, metavar=("NUMBER", "VALUE"), help="keep a value in the project")
    command.add_argument("--date", default="", metavar="ISO8601", help="with --enter: of the value")
    command.add_argument("--source", default="", metavar="TEXT", help="with --enter: where it comes from")
    command.set_defaults(run=_indicators)


def _indicators(options) -> int:
    from app.indicators import actuals, enter, studies_of
    from app.vitals import board_now
    from app.vitals_cli import opened
    from twin import times
    from twin.vitals.indicators import told
    session = opened(options.project, options.time, ("incidents",))
    if studies := studies_of(session.document):
        session.settle(only=studies)
    try:
        if options.enter:
            enter(session, *_entry(options.enter), options.date, options.source)
            session.save(options.project)
        board = board_now(session)
        zone = session.document.time_zone
        found = actuals(session, board, board.at(session.clock.now_ns))
        rows = [told(indicator, actual, board, zone) for indicator, actual in found]
        if options.json:
            print_json({"time": times.iso(session.clock.now_ns, zone), "time_zone": zone,
                        "synthetic": synthetic(session.document), "count": len(rows),
                        "reached": sum(r["reached"] is True for r in rows),
                        "known": sum(r["reached"] is not None for r in rows), "indicators": rows})
        else:
            say_so(synthetic(session.document))
            print("\n".join(_line(indicator, row) for (indicator, _), row in zip(found, rows)))
        return 0
    finally:
        session.close()


def _entry(words: list[str]) -> tuple[int, float]:
    from twin.text import tr
    from twin.trouble import Trouble
    try:
        return int(words[0]), float(words[1])
    except ValueError:
        raise Trouble(tr("An indicator is entered as its number and a value."), cause=" ".join(words)) from None


def _line(indicator, row: dict) -> str:
    from twin.units import figures
    actual = "—" if row["actual"] is None else figures(row["actual"])
    target = indicator.target_words()
    said = f"{MARKS[row['reached']]} {row['number']:2}  {actual:>9}  {target:<12}  {indicator.title()}"
    return said + "".join(f"  ({x})" for x in (row["source"], row["note"]) if x)
