"""Models that are parts of one building: they stand in one another, discipline by discipline. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.siting import box_of
from layers.arrangement import Paint
from layers.ramps import categorical
from twin.data import Bounds
from twin.text import tr

if TYPE_CHECKING:
    from app.session import Session


def together(session: Session, ids: Iterable[str]) -> set[str]:
    """These models and all that show and stand in one another with them: their boxes overlap in plan."""
    document, found = session.document, set(ids)
    boxes = {x.id: box for x in document.of_kind("building")
             if (document.shown(x) or x.id in found) and (box := box_of(session, x)) is not None}
    fresh = found & set(boxes)
    while fresh:
        fresh = {id for id, box in boxes.items() if id not in found and any(_overlap(box, boxes[x]) for x in fresh)}
        found |= fresh
    return found


def _overlap(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[3] and b[0] < a[3] and a[1] < b[4] and b[1] < a[4]


def colored_by_model(session: Session) -> bool:
    """Every model is in a colour of its own."""
    models = session.document.of_kind("building")
    return bool(models) and all(x.painted[:1] and x.painted[0].by == "all" for x in models)


def color_by_model(session: Session, colored: bool) -> None:
    """One edit: each model in a colour of its own, beneath what is painted on it, or no more."""
    models, document = list(session.document.of_kind("building")), session.document
    for layer, color in zip(models, categorical(len(models)).tolist()):
        own = Paint(label=tr("All elements"), color="#{:02x}{:02x}{:02x}".format(*color), by="all")
        kept = tuple(paint for paint in layer.painted if paint.by != "all")
        document = document.with_layer(replace(layer, painted=(own, *kept) if colored else kept))
    session.edits.commit(document, "Colour by model")
    session.edits.seal()
