"""What checks found, as a table: elements with what is asked of them and why they fail."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from app.panels.model_results import ResultsModel
from twin.text import tr

HEADS = {"reason": "What is wrong", "requirement": "What is asked"}
SHOWN = ("name", "class", "reason", "requirement", "storey", "guid")
STATUS = {"passed": ("Passes", "good"), "failed": ("Fails", "danger"),
          "not_applicable": ("Means nothing here", "muted"), "skipped": ("Not for this schema", "muted")}


class FindingsModel(ResultsModel):
    """Elements with what is asked of them and why they fail; a passed one has no reason."""

    def show(self, table, features, structure=None) -> None:
        super().show(table, features, structure)
        self.beginResetModel()
        self.columns = list(SHOWN) if table is not None else []
        self.endResetModel()

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            if (name := self.columns[section]) in HEADS:
                return tr(HEADS[name])
        return super().headerData(section, orientation, role)


def chosen_of(rows: Any, at: int, failed: bool) -> Any:
    """Of the rows of `bim.checks` (an Arrow table) those of one check (-1: of all), or only the failed of them."""
    import pyarrow.compute as pc
    if at >= 0:
        rows = rows.filter(pc.equal(rows.column("check"), at))
    return rows.filter(pc.invert(rows.column("passed"))) if failed else rows


def tip_of(check: dict) -> str:
    """A check in words: its name, how it ended, why, and how often each requirement fails."""
    asked = [f"• {r['text']}: {r['failed']:,}" for r in check.get("requirements", ())]
    said = (check.get("description"), check.get("instructions"), check.get("reason"))
    return "\n".join(filter(None, (check["name"], tr(STATUS[check["status"]][0]), *said, *asked)))
