"""The report of an incident: a page that any browser opens, and the same as PDF."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from layers.level_colors import LEVEL_COLORS, LEVEL_WORDS
from twin import times
from twin.incidents.incident import STATE_WORDS, Incident
from twin.text import language, once, tr
from twin.units import minutes, with_unit

STYLE = """body{font-family:"Noto Sans","Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:32px;color:#262b33}
h1{font-size:22px}h2{font-size:16px;margin-top:24px}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #d9dde3;padding:5px 10px;text-align:left;font-size:13px}
th{color:#68707c}img{max-width:100%}.muted{color:#68707c;font-size:12px}.synthetic{color:#b06200}"""


def write(folder: Path, incident: Incident, numbers: dict[str, Any], pictures: list[tuple[str, str]],
          about: dict[str, Any]) -> None:
    """`report.html` and `report.pdf` in `folder`, beside the pictures that they show."""
    page = page_of(incident, numbers, pictures, about)
    (folder / "report.html").write_text(page, "utf-8")
    write_pdf(page, folder, folder / "report.pdf")


def page_of(incident: Incident, numbers: dict[str, Any], pictures: list[tuple[str, str]],
            about: dict[str, Any]) -> str:
    level = "#{:02x}{:02x}{:02x}".format(*LEVEL_COLORS[incident.level])
    synthetic = f"<p class='synthetic'>{tr('Synthetic data')}</p>" if incident.synthetic else ""
    took = numbers["handling_secs"]
    parts = [
        f"<h1>{_text(once(incident.title))}</h1>{synthetic}",
        f"<p><span style='color:{level}'>&#9679;</span> {tr(LEVEL_WORDS[incident.level])} &nbsp; {_text(incident.id)}"
        f" &nbsp; {tr(STATE_WORDS[incident.state])}"
        + (f" &nbsp; {tr('Handled in {n} min', n=minutes(took))}" if took is not None else "") + "</p>",
        f"<h2>{tr('Course of events')}</h2>", _steps(incident, numbers["time_zone"]),
        f"<h2>{tr('What the sensors said')}</h2>", _readings(numbers, about.get("sensors", {})),
        f"<h2>{tr('Events')}</h2>", _events(numbers, about.get("sensors", {})),
        *[f"<p><img src='{name}' width='600'><br>{tr(STATE_WORDS[state])}, {numbers['steps'][state]}</p>"
          for name, state in pictures],
        f"<p class='muted'>{_text(about['window']['start'])} – {_text(about['window']['end'])}, "
        f"{about['readings']:,} {tr('readings')}. {tr('Check with: {command}', command='citytwin package --verify')}"
        "</p>",
    ]
    return (f"<!doctype html><html lang='{language()}'><head><meta charset='utf-8'><title>{_text(once(incident.title))}"
            f"</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n")


def _steps(incident: Incident, zone: str) -> str:
    """As they stand now, in the order of time; then what each correction took the place of: nothing is deleted."""
    told = sorted((*incident.steps, *incident.notes()), key=lambda entry: entry.time_ns)
    rows = [(times.readable(e.time_ns, zone), tr(STATE_WORDS[e.state]) if e.state else tr("Note"), once(e.role),
             once(e.note)) for e in told]
    rows += [(times.readable(was.time_ns, zone), tr("Before the correction of entry {n}", n=was.seq), once(was.role),
              once(was.note)) for was in incident.corrected()]
    return _table((tr("Time"), tr("What happened"), tr("Role"), tr("Note")), rows)


def _readings(numbers: dict[str, Any], sensors: dict[str, dict]) -> str:
    rows = [(_called(sensor, sensors), tr(STATE_WORDS[state]), numbers["steps"][state],
             _number(said["value"], sensor, sensors),
             "" if said["age_secs"] is None else tr("{n} min", n=minutes(said["age_secs"])))
            for state, each in numbers["readings"].items() for sensor, said in each.items()]
    return _table((tr("Sensor"), tr("State"), tr("Time"), tr("Value"), tr("Age")), rows)


def _events(numbers: dict[str, Any], sensors: dict[str, dict]) -> str:
    rows = [(_called(e["sensor"], sensors), tr(LEVEL_WORDS[e["level"]]), e["raised"], e["end"] or "",
             _number(e["peak"], e["sensor"], sensors), e["peak_time"]) for e in numbers["events"]]
    return _table((tr("Sensor"), tr("Level"), tr("Raised"), tr("Until"), tr("Worst"), tr("Time")), rows)


def _called(sensor: str, sensors: dict[str, dict]) -> str:
    """By name, with the id that proves which one it is."""
    told = sensors.get(sensor, {})
    name = (told.get("name_zh") if language() == "zh" else "") or told.get("name", "")
    return f"{name} ({sensor})" if name else sensor


def _table(heads: tuple[str, ...], rows: list[tuple]) -> str:
    if not rows:
        return f"<p class='muted'>{tr('none')}</p>"
    top = "".join(f"<th>{_text(head)}</th>" for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{_text(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table width='100%' cellpadding='4'><tr>{top}</tr>{body}</table>"


def _number(value: float | None, sensor: str, sensors: dict[str, dict]) -> str:
    return "–" if value is None else with_unit(value, sensors.get(sensor, {}).get("unit", ""))


def _text(words: str) -> str:
    return html.escape(words, quote=True)


def write_pdf(page: str, folder: Path, out: Path) -> None:
    """By Qt's own text engine; without a display too."""
    import os

    from PySide6.QtCore import QCoreApplication, QMarginsF, QUrl
    if QCoreApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPageLayout, QPageSize, QPdfWriter, QTextDocument

    from app.theme import font
    held = QCoreApplication.instance() or QGuiApplication([])
    writer = QPdfWriter(str(out))
    writer.setResolution(150)
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait,
                                     QMarginsF(15, 15, 15, 15), QPageLayout.Unit.Millimeter))
    document = QTextDocument()
    document.setDefaultFont(font())
    for picture in sorted(folder.glob("*.png")):
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(picture.name), QImage(str(picture)))
    document.setHtml(page)
    document.print_(writer)
    del held
