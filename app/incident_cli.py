"""`citytwin incidents`: events that the rules find in the readings, and what the journal says was done."""

from __future__ import annotations

import sys
from pathlib import Path

from app.printing import counted, print_json

COMMANDS = ("incidents",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser(
        "incidents", parents=[shared], help="events found by the project's rules, and the journal of incidents",
        description="Lists the events that the project's alarm rules find, and every incident with its steps and "
                    "handling time. The journal NAME.incidents.jsonl beside the project is only ever added to.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--time", default="", metavar="ISO8601", help="states as of this instant (default: the last)")
    command.add_argument("--import-log", type=Path, metavar="CASES.csv",
                         help="first add a case log (case_id, time, state, actor, note) to the journal")
    command.set_defaults(run=_incidents)


def _incidents(options) -> int:
    from app.discover import layer_types
    from app.session import Session
    from twin import times
    from twin.incidents import case_log
    from twin.incidents.journal import Journal, journal_of, read
    from twin.project import load
    layer_types()
    project = load(options.project)
    zone = project.document.time_zone
    path = journal_of(project.document.layers, options.project)
    imported = case_log.import_log(options.import_log, Journal(path), zone) if options.import_log else None
    incidents = read(path).incidents()
    session = Session(project)
    try:
        _keep_ruled_layers(session)
        session.settle()
        events = session.alarms.events
        now_ns = times.parse(options.time, zone) if options.time else _last(events, incidents)
        answer = {"time": times.iso(now_ns, zone), "time_zone": zone,
                  "events": [_event(session, event, now_ns) for event in events if event.raised_ns <= now_ns],
                  "incidents": [_incident(i, now_ns, zone) for i in incidents if i.state_at(now_ns)]}
    finally:
        session.close()
    if imported:
        answer["import"] = {"rows": imported.rows, "added": imported.added, "known": imported.known,
                            "rejected": [{"line": line, "reason": reason} for line, reason in imported.rejected]}
    print_json(answer) if options.json else _print(answer)
    return 0


def _keep_ruled_layers(session) -> None:
    """Read only what rules look at."""
    ruled = {rule.layer for rule in session.document.rules}
    session.edits.commit(session.document.without(
        [x.id for x in session.document.layers if x.kind != "group" and x.id not in ruled]), "rules")


def _last(events, incidents) -> int:
    """After everything that is known."""
    ends = [max(e.raised_ns, e.end_ns or 0) for e in events] + [i.steps[-1].time_ns for i in incidents]
    return max(ends, default=0)


def _event(session, event, now_ns: int) -> dict:
    from app.alarms import named, unit
    from twin import times
    from twin.incidents.rule import LEVELS
    zone = session.document.time_zone
    rule = next(rule for rule in session.document.rules if rule.id == event.rule)
    return {"rule": rule.id, "name": rule.name, "name_zh": rule.name_zh, "layer": event.layer, "sensor": event.stream,
            "sensor_name": named(session, event, "en"), "sensor_name_zh": named(session, event, "zh"),
            "unit": unit(session, event),
            "start": times.iso(event.start_ns, zone), "raised": times.iso(event.raised_ns, zone),
            "end": None if event.end_ns is None or event.end_ns > now_ns else times.iso(event.end_ns, zone),
            "readings_lost": event.lost, "level": LEVELS[event.level_at(now_ns) or event.level],
            "open": event.level_at(now_ns) > 0, "peak": event.peak, "peak_time": times.iso(event.peak_ns, zone),
            "levels": {LEVELS[level]: times.iso(since, zone) for level, since in event.since_ns},
            "basis": rule.basis}


def _incident(incident, now_ns: int, zone: str) -> dict:
    from twin import times
    from twin.incidents.rule import LEVELS
    return {"id": incident.id, "title": incident.title, "level": LEVELS[incident.level],
            "state": incident.state_at(now_ns), "layer": incident.layer, "sensors": list(incident.streams),
            "place": [None if v != v else v for v in incident.place] if incident.place else None,
            "synthetic": incident.synthetic,
            "handling_secs": incident.secs() if incident.state_at(now_ns) == "closed" else None,
            "steps": [{"state": step.state, "time": times.iso(step.time_ns, zone), "role": step.role,
                       "note": step.note} for step in incident.steps if step.time_ns <= now_ns],
            "entries": len(incident.entries)}


def _print(answer: dict) -> None:
    from twin.units import minutes, with_unit
    for event in answer["events"]:
        until = event["end"] or ("" if event["open"] else "…")
        print(f"{event['raised']}  {event['level']:7} {event['sensor']}  {event['sensor_name']}  {event['name']}  "
              f"peak {with_unit(event['peak'], event['unit'])} at {event['peak_time']}  until {until}")
    for incident in answer["incidents"]:
        took = "" if incident["handling_secs"] is None else f"  {minutes(incident['handling_secs'])} min"
        print(f"{incident['id']}  {incident['level']:7} {incident['state']:9} {incident['title']}{took}")
        for step in incident["steps"]:
            print("    " + "  ".join(filter(None, (step["time"], step["state"], step["role"], step["note"]))))
    if "import" in answer:
        for reject in answer["import"]["rejected"]:
            print(f"line {reject['line']}: {reject['reason']}", file=sys.stderr)
    print(f"{counted(len(answer['events']), 'event')}, {counted(len(answer['incidents']), 'incident')} "
          f"as of {answer['time']}", file=sys.stderr)
