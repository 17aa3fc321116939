"""`citytwin engine` and `connect`: readings on an engine of the user's own, and as a layer of a project."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.printing import counted, print_json

COMMANDS = ("engine", "connect")


def add_commands(commands, shared: argparse.ArgumentParser) -> None:
    command = commands.add_parser("engine", parents=[shared], help="ask a table of readings on PostgreSQL, DuckDB, …")
    command.add_argument("url", metavar="URL", help="postgresql://user@host/database?table=readings")
    command.add_argument("--latest", default="", metavar="ISO8601", help="what every datastream said last, then")
    command.add_argument("--series", default="", metavar="DATASTREAM", help="the readings of one datastream")
    command.add_argument("--bucket", type=int, default=0, metavar="SECONDS", help="a statistic of every datastream by "
                                                                              "so long stretches of time")
    command.add_argument("--statistic", default="mean", choices=("mean", "min", "max", "count"))
    command.add_argument("--put", type=Path, default=None, metavar="PROJECT",
                         help="append the readings of a project's store that the table does not have")
    command.add_argument("--from", dest="first", default="", metavar="ISO8601")
    command.add_argument("--to", dest="last", default="", metavar="ISO8601")
    command.add_argument("--time-zone", default="Asia/Shanghai", metavar="ZONE")
    command.add_argument("--password", action="store_true", help="ask for the password and put it into the keyring")
    command.set_defaults(run=_engine)

    command = commands.add_parser("connect", parents=[shared], help="show readings of an engine as a layer")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("url", metavar="URL", help="postgresql://user@host/database?table=readings")
    command.add_argument("--observed", default="", metavar="PROPERTY", help="(default: the first)")
    command.set_defaults(run=_connect)


def _engine(options) -> int:
    from twin import passwords, times
    from twin.engines.address import LOCAL, parse
    from twin.engines.engine import Engine
    address, zone = parse(options.url), options.time_zone
    if options.password:
        import getpass
        passwords.keep(address.host or LOCAL, address.account, getpass.getpass())
    span = [times.parse(t, zone) if t else None for t in (options.first, options.last)]
    with Engine(address, writes=options.put is not None) as engine:
        if options.put is not None:
            told = {"table": address.table, "appended": _put(engine, options.put, span)}
        elif options.bucket or options.series or options.latest:
            told = {"table": address.table, "time_zone": zone, **_rows(engine, options, span, zone)}
        else:
            facts = engine.describe()
            ends = [times.iso(t, zone) for t in facts.pop("span_ns") or ()]
            told = {"engine": address.backend, "table": address.table, **facts, "span": ends or None}
    print_json(told) if options.json else print(_sentences(told))
    return 0


def _rows(engine, options, span: list, zone: str) -> dict:
    from twin import times
    from twin.sensors import QUALITIES
    if options.bucket:
        rows = [{"datastream": r["datastream"], "start": times.iso(r["start_ns"], zone), "value": r["value"],
                 "count": r["count"]} for r in engine.bucket(
                     options.bucket, options.statistic, *span,
                     ids=(options.series,) if options.series else ()).to_pylist()]
    elif options.series:
        rows = [{"time": times.iso(t, zone), "value": v, "quality": QUALITIES[q]}
                for t, v, q in zip(*(a.tolist() for a in engine.series(options.series, *span)))]
    else:
        now = times.parse(options.latest, zone)
        rows = [{"datastream": id, "time": times.iso(t, zone), "value": v, "age_secs": (now - t) / times.SECOND}
                for id, (t, v) in sorted(engine.latest_at(now).items())]
    return {"count": len(rows), "readings": rows}


def _put(engine, project: Path, span: list) -> int:
    """Datastream by datastream, so that what is appended stays where it ends early."""
    import numpy as np

    from app.bringing import store_of
    from twin.history.store import Store
    from twin.sensors import Batch
    new = 0
    with Store(store_of(project)[0]) as store:
        for known in store.look().known:
            instants, values, quality = store.series(known.stream.id, *span)
            new += engine.append(Batch(ids=(known.stream.id,), streams=np.zeros(len(values), np.int32),
                                       times_ns=instants, values=values, quality=quality))
    return new


def _sentences(told: dict) -> str:
    if "readings" in told and isinstance(told["readings"], list):
        return "\n".join(",".join(str(cell) for cell in row.values()) for row in told["readings"])
    if "appended" in told:
        return f"{told['table']}: {counted(told['appended'], 'reading')} appended"
    span = f", {told['span'][0]} – {told['span'][1]}" if told["span"] else ""
    return (f"{told['engine']} {told['table']}: {counted(told['readings'], 'reading')} of "
            f"{counted(told['datastreams'], 'datastream')}{span}")


def _connect(options) -> int:
    from app.connecting import connected
    from app.discover import layer_types
    from twin.project import load, save
    layer_types()
    project = load(options.project)
    document, layer, info = connected(project.document, options.url, options.observed)
    save(replace(project, document=document), options.project)
    told = {"project": str(options.project), "layer": layer.id, "name": layer.name, "observed": layer.observed,
            "datastreams": info.count, "readings": info.extra["readings"]}
    print_json(told) if options.json else print(f"{layer.name}: {counted(info.count, 'datastream')}")
    return 0
