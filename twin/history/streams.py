"""The datastreams of a file that is being imported: ids, units, places."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from twin.history import columns, places, tables
from twin.history.bare_places import at_its_thing
from twin.history.columns import neat_unit
from twin.history.csv_file import table_of
from twin.history.described import columns_of
from twin.history.plan import Plan
from twin.history.staging import MISSING
from twin.history.trace_table import drives
from twin.layer import Source
from twin.sensors import Datastream
from twin.text import tr
from twin.units import conversion

Told = tuple[str, str, str, Datastream]   # thing, property and unit as the file writes them, and what they are


def datastreams_of(con, plan: Plan, crs: str) -> list[Told]:
    """Every datastream of the table `rows`, in the order of the file, with what the file says about it."""
    found = con.execute(f"SELECT thing, property, unit, any_value(said) FROM counts WHERE state <= {MISSING} "
                        f"GROUP BY thing, property, unit ORDER BY min(row), min(place)").fetchall()
    keyed = len({f[0] for f in found}) == len({f[:2] for f in found}) and plan.roles.id.lower().startswith("datastream")
    told = []
    for thing, property, unit, said in found:
        id = thing if keyed else id_of(plan, thing, property)
        told.append((thing, property, unit, Datastream(id=id, name=id, thing=thing, property=property or said,
                                                       unit=neat_unit(unit))))
    if drives(plan.roles):
        told = [(*t[:3], replace(t[3], moving=True, crs=plan.crs)) for t in told]
    where = _places_in_rows(con, plan, crs)
    told = [(*t[:3], replace(t[3], **where[t[0]]) if t[0] in where else t[3]) for t in told]
    words = _words_in_rows(con, plan)
    told = [(*t[:3], replace(t[3], **words.get(t[0], {}))) for t in told]
    elements = _elements_in_rows(con, plan)
    on = (replace(t[3], element=elements.get(t[:2] if plan.roles.observed else (t[0], ""), "")) if elements else t[3]
          for t in told)
    told = [(*t[:3], stream) for t, stream in zip(told, on)]
    companion = _companion(plan, crs)
    return [(*t[:3], joined(t[3], companion)) for t in told]


def id_of(plan: Plan, thing: str, property: str) -> str:
    """A datastream's id: its thing's name, and the observed property where the file names one."""
    if not plan.roles.value and not plan.roles.key and not plan.thing:
        return property
    named = plan.roles.key or not plan.roles.value
    return f"{thing}/{property}" if property and named else thing


def scaled(told: list[Told], known: dict[str, Datastream]):
    """(datastreams, what `staging.stage` needs, notes): a datastream keeps the unit that it has in the store."""
    streams, factors, notes = [], [], []
    met = dict(known)
    for thing, property, unit, stream in told:
        here = met.get(stream.id)
        factor, plus = 1.0, 0.0
        if here and here.unit and stream.unit and here.unit != stream.unit:
            found = conversion(stream.unit, here.unit)
            factor, plus = found or (1.0, 0.0)
            text = "{name}: {theirs} was converted to {ours}." if found else \
                "{name}: {theirs} cannot be converted to {ours}; the numbers were kept as they are."
            notes.append(tr(text, name=stream.id, theirs=stream.unit, ours=here.unit))
            stream = replace(stream, unit=here.unit)
        met.setdefault(stream.id, stream)
        streams.append(stream)
        factors.append((thing, property, unit, stream.id, factor, plus))
    more = [tr("and {n} more", n=len(notes) - 5)] if len(notes) > 5 else []
    return streams, factors, (*notes[:5], *more)


def _places_in_rows(con, plan: Plan, crs: str) -> dict[str, dict]:
    """Facts about the place of each thing, from the columns of coordinates; what moves has none."""
    if not plan.roles.placed:
        return {}
    table = con.execute("SELECT * FROM places").to_arrow_table()
    names = ("lon", "lat") if plan.roles.lon else ("x", "y")
    renamed = table.rename_columns(["thing", names[0], "x1", names[1], "y1"])
    roles = columns.Roles(**{n: n for n in names})
    found = places.places_of(renamed, roles, plan.crs, crs)
    spread = np.maximum(*(np.abs(places.numbers(table.column(b)) - places.numbers(table.column(a)))
                          for a, b in (("x0", "x1"), ("y0", "y1"))))
    moves = spread > (1e-4 if found.crs == "EPSG:4326" else 10.0)
    out = {}
    for n, thing in enumerate(table.column("thing").to_pylist()):
        if moves[n]:
            out[thing] = {"moving": True}
        elif found.known[n]:
            out[thing] = {"x": float(found.x[n]), "y": float(found.y[n]), "crs": found.crs}
    return out


def _words_in_rows(con, plan: Plan) -> dict[str, dict]:
    """Names, things and heights, from the columns that say them in every row."""
    named = tuple(columns_of(plan.roles).values())
    if not named:
        return {}
    return {thing: {field: value for field, value in zip(named, said) if value is not None}
            for thing, *said in con.execute(f"SELECT thing, its_{', its_'.join(named)} FROM described").fetchall()}


def _elements_in_rows(con, plan: Plan) -> dict[tuple[str, str], str]:
    """GlobalIds by thing and observed property; a datastream whose rows name several is on none of them."""
    if not plan.roles.element:
        return {}
    found = con.execute("SELECT thing, property, element FROM elements WHERE several = 1").fetchall()
    return {(thing, property): element for thing, property, element in found}


def _companion(plan: Plan, crs: str) -> dict[str, Datastream]:
    """Datastreams or things by the id in the table of positions that lies beside the file."""
    path = tables.companion_of(Path(plan.path), Source(path=plan.path))
    if path is None:
        return {}
    table, _ = table_of(path)
    return listed(table, columns.recognise(table.schema), crs)


def list_of(plan: Plan):
    """The table of a list of sensors, whatever its file is."""
    if plan.form == "text":
        return table_of(Path(plan.path), plan.shape.encoding)[0]
    if plan.form == "parquet":
        from pyarrow import parquet
        return parquet.read_table(plan.path)
    return plan.table


def listed(table, roles: columns.Roles, crs: str, own_crs: str = "") -> dict[str, Datastream]:
    """What a list of sensors says, by id. `own_crs`: of its coordinates, "" = found by their size."""
    where = places.places_of(table, roles, own_crs, crs) if roles.placed else None
    known = {f.name for f in fields(Datastream)}
    out = {}
    for n, row in enumerate(tables.plain_rows(table, roles)):
        facts = {k: v for k, v in row.items() if k in known and k not in ("x", "y", "crs", "moving", "more")
                 and v not in (None, "")}
        if where is not None and where.known[n]:
            facts |= {"x": float(where.x[n]), "y": float(where.y[n]), "crs": where.crs}
        more = {k: v for k, v in row.items() if k not in known and v not in (None, "")}
        out[row["id"]] = Datastream(**facts, more=more)
    return out


def joined(stream: Datastream, companion: dict[str, Datastream]) -> Datastream:
    """The companion's word about the datastream itself, or about its thing."""
    if stream.id in companion:
        return stream.with_facts(companion[stream.id])
    if stream.thing in companion:
        said = companion[stream.thing]
        return said.with_facts(stream) if said.id == stream.id else at_its_thing(stream, said)
    return stream
