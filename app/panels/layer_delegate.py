"""Paints one row of the layer tree and says which part of it lies under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate

from app import theme
from app.panels.layer_facts import ACTION_LABELS, Facts
from app.panels.layer_model import FACTS, LAYER, SHOWN
from twin import assets as content
from twin.layer import Group, Layer
from twin.systems.catalogue import systems
from twin.text import language, tr

ROW, MESSAGE = 30, 18                 # heights in pixels: the row, its second line
SLOT, ICON, GAP = 24, 18, 6           # a clickable place at the right, an icon, between things
OPACITY, NAME_ROOM = 38, 120          # widths: the opacity, what a name keeps before the count goes
DIMMED = 0.42


class LayerDelegate(QStyledItemDelegate):
    """`hovered` is the id under the mouse: its row shows the opacity."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.hovered = ""

    def sizeHint(self, option, index):
        facts: Facts = index.data(FACTS)
        return QSize(120, ROW + (MESSAGE if facts and facts.message else 0))

    # -- where things are ------------------------------------------------------------------------------

    def parts(self, rect: QRect, layer: Layer, facts: Facts) -> dict[str, QRect]:
        """Rectangles of what can be clicked, from the right: eye, cancel, opacity; and the action's link.

        What the mouse brings (the opacity) moves nothing that it may be about to click.
        """
        line = QRect(rect.left(), rect.top(), rect.width(), ROW)
        right = line.right() - 2
        out = {}
        for name, width in (("eye", SLOT), ("cancel", SLOT), ("opacity", OPACITY)):
            if self._has(name, layer, facts):
                out[name] = QRect(right - width, line.top() + (ROW - SLOT) // 2, width, SLOT)
                right -= width
        out["rest"] = QRect(line.left(), line.top(), right - line.left(), ROW)
        if facts.action:
            font = _small(self.parent().font())
            width = QFontMetrics(font).horizontalAdvance(tr(ACTION_LABELS[facts.action])) + 4
            out["action"] = QRect(rect.right() - width - 8, line.bottom() - 3, width, MESSAGE)
        return out

    def _has(self, name: str, layer: Layer, facts: Facts) -> bool:
        if name == "opacity":
            return not isinstance(layer, Group) and (layer.opacity < 1.0 or layer.id == self.hovered)
        return facts.state == content.LOADING if name == "cancel" else True

    def part_at(self, point, rect: QRect, index) -> str:
        layer, facts = index.data(LAYER), index.data(FACTS)
        if layer is None:
            return ""
        return next((name for name, place in self.parts(rect, layer, facts).items()
                     if name != "rest" and place.contains(point)), "")

    # -- painting --------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option, index):
        layer, facts = index.data(LAYER), index.data(FACTS)
        if layer is None:
            return
        painter.save()
        self._background(painter, option)
        rect = option.rect
        parts = self.parts(rect, layer, facts)
        shown = index.data(SHOWN)
        self._eye(painter, parts["eye"], layer, shown)
        if "opacity" in parts:
            self._opacity(painter, parts["opacity"], layer)
        if "cancel" in parts:
            self._cancel(painter, parts["cancel"])
        painter.setOpacity(1.0 if shown else DIMMED + 0.15)
        self._name(painter, parts["rest"], option, layer, facts)
        painter.setOpacity(1.0)
        if facts.state == content.LOADING:
            self._progress(painter, rect, facts)
        if facts.message:
            self._message(painter, rect, parts, facts)
        painter.restore()

    def _background(self, painter, option) -> None:
        selected = option.state & QStyle.StateFlag.State_Selected
        over = option.state & QStyle.StateFlag.State_MouseOver
        if selected or over:
            painter.fillRect(option.rect, QColor(theme.colour("selected" if selected else "hover")))

    def _eye(self, painter, place: QRect, layer: Layer, shown: bool) -> None:
        """Its own state; faint when a parent hides it all the same."""
        faint = layer.visible and not shown
        painter.setOpacity(DIMMED if faint else 1.0)
        _icon(painter, place, "eye" if layer.visible else "eye-off", "muted" if layer.visible else "strong", 16)
        painter.setOpacity(1.0)

    def _opacity(self, painter, place: QRect, layer: Layer) -> None:
        painter.setFont(_small(self.parent().font()))
        painter.setPen(QColor(theme.colour("muted")))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{layer.opacity * 100:.0f}%")

    def _cancel(self, painter, place: QRect) -> None:
        _icon(painter, place, "close", "muted", 14)

    def _name(self, painter, rest: QRect, option, layer: Layer, facts: Facts) -> None:
        icon = QRect(rest.left(), rest.top(), ICON + 4, ROW)
        _icon(painter, icon, icon_of(layer), _tint(facts), ICON)
        right = rest.right()
        if mark := _mark(facts):
            _icon(painter, QRect(right - 20, rest.top(), 20, ROW), *mark, 15)
        right -= 20                                          # kept free in every row, so that the rest lines up
        if layer.synthetic:
            right = self._badge(painter, right, rest.top(), tr("SYN"))
        right = self._figures(painter, right, rest, facts, layer.id == self.hovered and layer.opacity >= 1.0)
        left = icon.right() + GAP
        painter.setFont(option.font)
        painter.setPen(QColor(theme.colour("text")))
        room = QRect(left, rest.top(), max(0, right - left), ROW)
        text = QFontMetrics(option.font).elidedText(layer.title(language()), Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _badge(self, painter, right: int, top: int, text: str) -> int:
        """A small outlined word; returns where the room left of it ends."""
        font = _small(self.parent().font(), 0.76)
        width = QFontMetrics(font).horizontalAdvance(text) + 8
        box = QRectF(right - width - 2, top + (ROW - 15) / 2 + 0.5, width, 14)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colour("warn")), 1))
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return right - width - 2 - GAP

    def _figures(self, painter, right: int, rest: QRect, facts: Facts, hovered: bool) -> int:
        """The count, or how far loading is; left out where the name needs the room."""
        text = _count(facts)
        font = _small(self.parent().font())
        width = QFontMetrics(font).horizontalAdvance(text)
        room = NAME_ROOM - (OPACITY if hovered else 0)         # the count stays while the mouse shows the opacity
        if not text or rest.width() - (rest.right() - right) - width < room:
            return right
        painter.setFont(font)
        painter.setPen(QColor(theme.colour("muted")))
        painter.drawText(QRect(right - width - 2, rest.top(), width, ROW), Qt.AlignmentFlag.AlignVCenter, text)
        return right - width - 2 - GAP

    def _progress(self, painter, rect: QRect, facts: Facts) -> None:
        left, width, y = rect.left() + 4, rect.width() - 8, rect.top() + ROW - 3
        painter.fillRect(QRectF(left, y, width, 2), QColor(theme.colour("line")))
        if facts.fraction is not None:
            painter.fillRect(QRectF(left, y, width * facts.fraction, 2), QColor(theme.colour("accent")))

    def _message(self, painter, rect: QRect, parts: dict[str, QRect], facts: Facts) -> None:
        painter.setFont(_small(self.parent().font()))
        left = rect.left() + ICON + 4 + GAP
        right = rect.right() - 8
        top = rect.top() + ROW - 4
        if facts.action:
            painter.setPen(QColor(theme.colour("accent")))
            painter.drawText(parts["action"], Qt.AlignmentFlag.AlignVCenter, tr(ACTION_LABELS[facts.action]))
            right = parts["action"].left() - GAP
        painter.setPen(QColor(theme.colour(facts.tone or "muted")))
        room = QRect(left, top, max(0, right - left), MESSAGE)
        text = painter.fontMetrics().elidedText(facts.message, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    # -- renaming --------------------------------------------------------------------------------------

    def createEditor(self, parent, option, index):
        editor = QLineEdit(parent)
        editor.setFrame(False)
        return editor

    def updateEditorGeometry(self, editor, option, index):
        rect = option.rect
        editor.setGeometry(rect.left() + ICON + GAP, rect.top() + 1, rect.width() - ICON - GAP - SLOT - 4, ROW - 2)

    def setEditorData(self, editor, index):
        editor.setText(index.data(Qt.ItemDataRole.EditRole))
        editor.selectAll()

    def helpEvent(self, event, view, option, index):
        """The row's tip, or what the part under the mouse does."""
        words = {"eye": "Show or hide (Space)", "opacity": "Opacity", "cancel": "Cancel loading"}
        part = self.part_at(event.pos(), option.rect, index) if event.type() == QEvent.Type.ToolTip else ""
        if part in words:
            from PySide6.QtWidgets import QToolTip
            QToolTip.showText(event.globalPos(), tr(words[part]), view)
            return True
        return super().helpEvent(event, view, option, index)


def icon_of(layer: Layer) -> str:
    """Of its kind; of sensors and vehicles that of the system they show, which says more."""
    system = systems().get(layer.system) if layer.system and layer.kind in ("sensors", "vehicles") else None
    name = f"system-{system.icon}" if system else layer.kind
    return name if theme.has_icon(name) else "opaque"


def _icon(painter, place: QRect, name: str, tint: str, size: int) -> None:
    """Sharp on any screen: drawn at its device pixels."""
    ratio = painter.device().devicePixelRatioF()
    picture = theme.drawn(name, round(size * ratio), theme.colour(tint)).copy()
    picture.setDevicePixelRatio(ratio)
    painter.drawPixmap(QPointF(place.center().x() - size / 2 + 1, place.center().y() - size / 2 + 1), picture)


def _small(font: QFont, factor: float = 0.88) -> QFont:
    out = QFont(font)
    if font.pointSizeF() > 0:
        out.setPointSizeF(font.pointSizeF() * factor)
    else:
        out.setPixelSize(max(8, round(font.pixelSize() * factor)))
    return out


def _tint(facts: Facts) -> str:
    return {"danger": "danger", "warn": "warn"}.get(facts.tone, "muted")


def _mark(facts: Facts) -> tuple[str, str] | None:
    """(icon, tint) of what deserves attention."""
    if facts.tone == "danger":
        return "error", "danger"
    if facts.tone == "warn":
        return "warning", "warn"
    return ("note", "strong") if facts.notes else None


def _count(facts: Facts) -> str:
    if facts.state == content.LOADING:
        return f"{facts.fraction * 100:.0f}%" if facts.fraction is not None else tr("Loading")
    return f"{facts.count:,}" if facts.count else ""
