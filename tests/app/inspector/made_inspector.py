"""What an inspector shows, once it is there."""

from __future__ import annotations

from app.panels.carried_rows import WAITING


def read(qtbot, inspector) -> None:
    """Refresh until the readings of what is selected are there."""
    def there() -> bool:
        inspector.refresh()
        return not inspector.chart.busy and WAITING not in shown(inspector).values()
    qtbot.waitUntil(there)


def shown(inspector) -> dict[str, str]:
    return {row.key or row.label: row.value for row in inspector.attributes.table.facts.rows}
