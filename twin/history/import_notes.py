"""What an import has to say beside its numbers, a sentence each."""

from __future__ import annotations

import numpy as np

from twin.history import staging
from twin.history.described import columns_of
from twin.history.oddities import clock_changes
from twin.history.plan import Plan
from twin.text import tr

MANY = 200_000                            # rows that are looked at for clock changes


def notes_of(con, plan: Plan, report) -> tuple[str, ...]:
    """Of the tables that staging made, before the store is asked."""
    if not report.rows:
        return (tr("The table has a header and no rows."),)
    said = []
    if plan.stamp.naive:
        said.append(tr("The time stamps have no zone and were read in {zone}.", zone=plan.time_zone))
        if report.span_ns and (second := _second_pass(con)):
            said.append(tr("{n} rows are of the hour that comes twice in {zone}, after the clock was put back: they "
                           "are an hour later than those before them.", n=f"{second:,}", zone=plan.time_zone))
    if report.out_of_order:
        said.append(tr("{n} readings stand out of order and were sorted.", n=f"{report.out_of_order:,}"))
    suspect = _suspects(con) if plan.roles.quality else 0
    if suspect:
        said.append(tr("{n} values are marked invalid by the file: they are kept as suspect, and not shown.",
                       n=f"{suspect:,}"))
    said += clock_changes(*_first_stream(con), plan.time_zone)
    used = {*plan.roles.needed, *columns_of(plan.roles), plan.roles.key}
    names = [n for n in plan.roles.unused if n and n not in used]
    if names:
        said.append(tr("Columns that are no readings: {names}.", names=", ".join(names[:12])))
    if plan.roles.element:
        said += _several_elements(con)
    return tuple(said)


def _second_pass(con) -> int:
    return con.execute("SELECT count(*) FROM second_pass").fetchone()[0]


def _suspects(con) -> int:
    return con.execute(f"SELECT count(*) FROM rows WHERE quality > 0 AND state = {staging.GOOD}").fetchone()[0]


def _several_elements(con) -> tuple[str, ...]:
    several = con.execute("SELECT count(*) FROM elements WHERE several > 1").fetchone()[0]
    return (tr("{n} datastreams name more than one GlobalId: they are on none of these elements.", n=f"{several:,}"),) \
        if several else ()


def _first_stream(con) -> tuple[np.ndarray, np.ndarray]:
    """(zeros, times in ns) of the first datastream, in the order of the file."""
    times = con.execute(f"""SELECT t FROM rows WHERE state = {staging.GOOD} AND row < {MANY} AND (thing, property) =
        (SELECT (thing, property) FROM rows WHERE state = {staging.GOOD} LIMIT 1) ORDER BY row""").fetchnumpy()["t"]
    times = np.asarray(times, np.int64) * 1000
    return np.zeros(len(times), np.int32), times
