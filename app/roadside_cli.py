"""`citytwin roadside`: signals, links, gaps, arrivals and warnings of a project's roadside at an instant."""

from __future__ import annotations

from pathlib import Path

from app.printing import print_json

COMMANDS = ("roadside",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser("roadside", parents=[shared],
                                  help="print signals, links, platoon gaps, arrivals and warnings at an instant")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--time", default="", metavar="ISO8601", help="at that instant (default: the project's)")
    command.set_defaults(run=_roadside)


def _roadside(options) -> int:
    from app.discover import layer_types
    from app.session import Session
    from app.vitals_cli import set_time
    from twin import times
    from twin.project import load
    layer_types()
    session = Session(load(options.project))
    try:
        layers = [x for x in session.document.layers if x.kind == "roadside"]
        session.settle(only=tuple(id for x in layers for id in (x.id, x.vehicles)))
        set_time(session, options.time)
        zone = session.document.time_zone
        rows = [_layer(session, layer) for layer in layers]
        answer = {"time": times.iso(session.clock.now_ns, zone), "roadsides": rows}
        print_json(answer) if options.json else print("\n".join(_words(row) for row in rows))
        return 0
    finally:
        session.close()


def _layer(session, layer) -> dict:
    """What a layer says at the clock's time."""
    from twin.roadside import STATES, heard_at, roadside_of
    from twin.times import SECOND
    now, gap_ns = session.clock.now_ns, round(layer.gap_secs * SECOND)
    data, vehicles = (session.asset(id) for id in (layer.id, layer.vehicles))
    out = {"layer": layer.id, "signals": [], "links": [], "gaps": [], "warnings": [], "arrivals": []}
    if data is None or data.payload is None:
        return out
    roadside = roadside_of(data.payload, session.document.time_zone)
    tracks = vehicles.payload if vehicles is not None else None
    names = tracks.features.column("id").to_pylist() if tracks is not None else []
    heard = heard_at(roadside, now, tracks, gap_ns, layer.platoon, layer.length_m)
    out["signals"] = [{"name": roadside.names[row], "state": STATES[state],
                       "remain_s": None if row in heard.granted else round(float(left), 2),
                       "priority": names[heard.granted[row]] if row in heard.granted else ""}
                      for row, state, left in zip(heard.rows.tolist(), heard.states.tolist(), heard.remain.tolist())]
    out["warnings"] = [roadside.names[row] for row in heard.warned.tolist()]
    links = heard.links
    out["links"] = [{"unit": roadside.names[u], "vehicle": names[v], "away_m": round(float(m), 1),
                     "quality": round(float(q), 3)}
                    for u, v, m, q in zip(links.units, links.vehicles, links.away_m, links.quality)]
    out["gaps"] = [{"ahead": names[a], "behind": names[b], "gap_m": round(m, 2)} for a, b, m in heard.gaps]
    out["arrivals"] = [{"stop": roadside.names[stop], "vehicle": names[v], "in_s": round(left)}
                       for stop, (v, left) in heard.arrivals.items()]
    return out


def _words(row: dict) -> str:
    lines = [row["layer"], *(f"  {s['name']}: {s['state']}, " + (f"priority for {s['priority']}" if s["priority"] else
                             f"{s['remain_s']:.0f} s") for s in row["signals"])]
    lines += [f"  {x['unit']} – {x['vehicle']}: {x['away_m']:.0f} m, {x['quality']:.2f}" for x in row["links"]]
    lines += [f"  {g['ahead']} – {g['behind']}: {g['gap_m']:.1f} m" for g in row["gaps"]]
    lines += [f"  {a['stop']}: {a['vehicle']}, {a['in_s']} s" for a in row["arrivals"]]
    return "\n".join([*lines, *(f"  ! {name}" for name in row["warnings"])])
