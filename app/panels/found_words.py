"""What a search found, in words: how many, what was left out of it, and all of it as a table."""

from __future__ import annotations

import csv
import io
import math

from app.nearby import Thing, known_in_part, not_asked
from app.session import Session
from twin.text import enumerated, language, tr

NAMED, LISTED = 3, 25                      # hidden layers that the line names, and its tooltip


def said_of(session: Session, count: int, listed: int, mute: int, without: frozenset[str]) -> tuple[str, str]:
    """(words, tooltip): `count` found of which `listed` stand in the list, `mute` layers could not answer a condition;
    hidden layers were not asked, nor those `without`.
    """
    partly, hidden = known_in_part(session, without), not_asked(session, without)
    names = [layer.title(language()) for layer in hidden]
    parts = [tr("{n} found", n=f"{count:,}")]
    if count > listed:
        parts.append(tr(", the first {n} are listed", n=f"{listed:,}"))
    if partly:
        parts.append(tr(", of {n} tiled layers only what is drawn", n=partly))
    if mute:
        parts.append(tr(", {n} layers have no such columns", n=mute))
    if names:
        some = enumerated(names[:NAMED]) + ("…" if len(names) > NAMED else "")
        parts.append(tr("; {n} hidden layers were not searched: {names}", n=len(names), names=some))
    listed = [*names[:LISTED], "…"] if len(names) > LISTED else names
    return "".join(parts), "\n".join([tr("Hidden layers were not searched:"), *listed]) if names else ""


def csv_of(things: list[Thing]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("name", "class", "layer", "feature", "height_m", "distance_m"))
    writer.writerows((thing.name, thing.kind, thing.layer, thing.feature, metres(thing.height_m), metres(thing.away_m))
                     for thing in things)
    return out.getvalue()


def metres(value: float) -> str:
    """To a centimetre; "" where it is not known."""
    return f"{value:.2f}" if math.isfinite(value) else ""
