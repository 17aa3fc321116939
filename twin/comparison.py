"""What the scene compares: two instants, or two choices of layers, beside each other or as a difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Le

if TYPE_CHECKING:
    from twin.document import Document

SWIPE, SIDE, DIFFERENCE = "swipe", "side", "difference"
VIEWS = {"": "Not compared", SWIPE: "Swipe between A and B", SIDE: "A and B side by side",
         DIFFERENCE: "Difference A − B"}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`view` "" = none. `divider`: share of the width that A has under a swipe. `only_a`, `only_b`: ids of layers that
    one side alone shows, such as two places of one proposal.
    """

    view: Literal["", "swipe", "side", "difference"] = ""
    divider: Annotated[float, Ge(0.02), Le(0.98)] = 0.5
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()

    @property
    def halved(self) -> bool:
        """Whether it needs two pictures."""
        return self.view in (SWIPE, SIDE)


def sides(document: Document) -> tuple[Document, Document]:
    """The document as A and as B show it; the same one twice where only the instants differ."""
    only_a, only_b = document.comparison.only_a, document.comparison.only_b
    if not (only_a or only_b):
        return document, document
    return (document.with_each(only_b, lambda x: replace(x, visible=False)),
            document.with_each(only_a, lambda x: replace(x, visible=False)))


def as_difference(document: Document) -> Document:
    """Sensors that show their value show its change since the second instant; itself where no difference is asked."""
    if document.comparison.view != DIFFERENCE:
        return document
    valued = [x.id for x in document.layers if getattr(x, "color_by", "") == "value" and x.kind == "sensors"]
    return document.with_each(valued, lambda x: replace(x, color_by="change"))
