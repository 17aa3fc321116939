"""Light and dark: colour tokens, palette, style sheet, icons tinted for the theme, and the font.

Everything is drawn from the tokens of `COLOURS`, so that the two themes differ in nothing else. The
module remembers the theme in use (`use`), because icons are asked for by name alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap

from twin import text

THEMES = ("light", "dark")
ICONS = Path(__file__).resolve().parents[1] / "icons"
ICON_SIZES = (16, 20, 24, 32, 48)          # device pixels; others are scaled from the next larger one
CJK_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC", "WenQuanYi Micro Hei")

# surface: behind everything; panel: what holds content; field: what is typed into; raised: menus, tips.
COLOURS = {
    "light": {"surface": "#f3f4f6", "panel": "#ffffff", "field": "#f6f7f9", "raised": "#ffffff", "text": "#1c2228",
              "muted": "#626d79", "line": "#e2e5e9", "strong": "#c3c9d0", "accent": "#1677ff", "on_accent": "#ffffff",
              "hover": "#eef1f4", "selected": "#e2eeff", "danger": "#cc2f26", "warn": "#9a5b00", "good": "#23804a"},
    "dark": {"surface": "#14171b", "panel": "#1b1f24", "field": "#14171b", "raised": "#252a31", "text": "#e3e7eb",
             "muted": "#95a0ac", "line": "#2c3239", "strong": "#475059", "accent": "#3f8cff", "on_accent": "#ffffff",
             "hover": "#262b32", "selected": "#1d3556", "danger": "#ff7468", "warn": "#e5ab4c", "good": "#5cc489"},
}
_theme = "light"


def use(theme: str) -> None:
    """From here on icons are tinted for `theme`."""
    global _theme
    _theme = theme


def current() -> str:
    return _theme


def resolved(choice: str) -> str:
    """"light" or "dark" for a choice, of which "system" asks the desktop."""
    if choice in THEMES:
        return choice
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def apply(application, theme: str) -> None:
    """Dress the whole application."""
    use(theme)
    if not application.styleSheet():          # once: every widget pays for it, and a style beneath a sheet has no name
        application.setStyle("Fusion")
    application.setPalette(palette(theme))
    application.setStyleSheet(style_sheet(theme))


def colour(name: str, theme: str | None = None) -> str:
    """A token as "#rrggbb"."""
    return COLOURS[theme or _theme][name]


def palette(theme: str) -> QPalette:
    c = {name: QColor(value) for name, value in COLOURS[theme].items()}
    role = QPalette.ColorRole
    out = QPalette(c["surface"])
    for key, token in {
            role.Window: "panel", role.WindowText: "text", role.Base: "panel", role.AlternateBase: "field",
            role.Text: "text", role.Button: "panel", role.ButtonText: "text", role.BrightText: "danger",
            role.Highlight: "accent", role.HighlightedText: "on_accent", role.ToolTipBase: "raised",
            role.ToolTipText: "text", role.PlaceholderText: "muted", role.Link: "accent", role.LinkVisited: "accent",
            role.Accent: "accent", role.Light: "panel", role.Midlight: "hover", role.Mid: "line", role.Dark: "strong",
            role.Shadow: "strong"}.items():
        out.setColor(key, c[token])
    for key in (role.WindowText, role.Text, role.ButtonText):
        out.setColor(QPalette.ColorGroup.Disabled, key, c["strong"])
    return out


def style_sheet(theme: str) -> str:
    sheet = STYLE
    for name, value in COLOURS[theme].items():
        sheet = sheet.replace(f"@{name};", f"{value};").replace(f"@{name} ", f"{value} ")
    return sheet.replace("@icons", ICONS.as_posix())


# -- font -----------------------------------------------------------------------------------------------


def font() -> QFont:
    """The system's own, with a Chinese one to fall back on, and figures of one width; for the present language."""
    out = QFont(QGuiApplication.font())
    own = [family for family in out.families() if family not in CJK_FAMILIES]
    out.setFamilies([*own, *CJK_FAMILIES])
    narrow = QFont.Tag("pwid")                    # quotes and dashes of a Chinese font are as wide as its characters
    out.setFeature(narrow, 1) if text.language() == "en" else out.unsetFeature(narrow)
    return figures(out)


def figures(font: QFont) -> QFont:
    """The same font with tabular figures, so that numbers that change do not dance."""
    out = QFont(font)
    out.setFeature(QFont.Tag("tnum"), 1)
    return out


# -- icons ----------------------------------------------------------------------------------------------


def icon(name: str, tint: str = "text") -> QIcon:
    """`icons/<name>.svg` in a colour of the present theme ("text" or another token). Empty where there is none."""
    return _icon(name, COLOURS[_theme][tint], COLOURS[_theme]["strong"], COLOURS[_theme]["accent"])


def has_icon(name: str) -> bool:
    return (ICONS / f"{name}.svg").exists()


@cache
def _icon(name: str, ink: str, faint: str, accent: str) -> QIcon:
    out = QIcon()
    for size in ICON_SIZES:
        out.addPixmap(drawn(name, size, ink), QIcon.Mode.Normal, QIcon.State.Off)
        out.addPixmap(drawn(name, size, faint), QIcon.Mode.Disabled, QIcon.State.Off)
        out.addPixmap(drawn(name, size, accent), QIcon.Mode.Normal, QIcon.State.On)
    return out


@cache
def drawn(name: str, pixels: int, ink: str) -> QPixmap:
    """The icon at `pixels` device pixels in the colour `ink`; transparent where there is no such icon."""
    out = QPixmap(_shape(name, pixels))
    painter = QPainter(out)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(out.rect(), QColor(ink))
    painter.end()
    return out


@cache
def _shape(name: str, pixels: int) -> QPixmap:
    """What every colour of an icon has in common: reading its file is most of the work."""
    from PySide6.QtSvg import QSvgRenderer
    out = QPixmap(pixels, pixels)
    out.fill(Qt.GlobalColor.transparent)
    if has_icon(name):
        painter = QPainter(out)
        QSvgRenderer(QByteArray(_svg(name))).render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
    return out


@cache
def _svg(name: str) -> bytes:
    return (ICONS / f"{name}.svg").read_bytes().replace(b"currentColor", b"#000000")


STYLE = """
QMainWindow { background: @panel; }
QDialog { background: @surface; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QWidget { color: @text; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent; }
QDockWidget { border: none; background: @panel; }
#timeline { background: @panel; border-top: 1px solid @line; }

QMenuBar { background: @panel; padding: 2px 8px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @hover; }
QMenu { background: @raised; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: @selected; }
QMenu::item:disabled { color: @strong; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 4px 8px; spacing: 2px; }
QToolBar::separator { background: @line; width: 1px; margin: 6px 6px; }
QToolButton { background: transparent; border: none; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @selected; }
QToolButton:focus { background: @hover; }
QToolButton#cross { padding: 1px; }
QPushButton[role="chapter"] { background: transparent; border: none; border-radius: 6px; padding: 5px 8px;
    text-align: left; font-weight: normal; }
QPushButton[role="chapter"]:hover { background: @hover; }
QPushButton[role="chapter"]:checked { background: @selected; }
QFrame[playing="true"] { border-left: 3px solid @accent; padding-left: 9px; }
QToolButton:disabled { color: @strong; }
QToolButton::menu-indicator { image: none; }

QPushButton { background: @panel; border: 1px solid @strong; border-radius: 6px; padding: 5px 14px; min-width: 56px; }
QPushButton[narrow="true"] { padding: 5px 8px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @selected; }
QPushButton:checked { background: @selected; border-color: @accent; }
QPushButton:default { background: @accent; border-color: @accent; color: @on_accent; }
QPushButton:disabled { color: @strong; border-color: @line; background: @panel; }
QPushButton[link="true"] { border: none; color: @accent; background: transparent; padding: 2px 4px; min-width: 0px; }
QPushButton[link="true"]:hover { text-decoration: underline; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {
    background: @field; border: 1px solid @line; border-radius: 6px; padding: 4px 8px;
    selection-background-color: @accent; selection-color: @on_accent; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: @strong; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border-color: @accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: @strong; }
QComboBox QLineEdit, QAbstractSpinBox QLineEdit { border: none; padding: 0px; background: transparent; }
QAbstractSpinBox QLineEdit { padding-left: 6px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(@icons/arrow-down.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @line; padding: 4px; outline: none; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 16px; background: transparent; }
QAbstractSpinBox::up-arrow { image: url(@icons/arrow-up.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(@icons/arrow-down.svg); width: 10px; height: 10px; }

QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @strong; border-radius: 4px; background: @field; }
QTreeView::indicator { width: 12px; height: 12px; border: 1px solid @strong; border-radius: 3px; background: @field; }
QTreeView::indicator:checked { background: @accent; border-color: @accent; image: url(@icons/tick.svg); }
QTreeView::indicator:indeterminate { background: @selected; border-color: @accent; }
QCheckBox::indicator:hover, QTreeView::indicator:hover { border-color: @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(@icons/tick.svg); }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0px; border-radius: 7px;
    background: @accent; }
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: @strong; }

QAbstractItemView { background: @panel; border: none; outline: none; alternate-background-color: @field; }
QAbstractItemView::item:hover { background: @hover; }
QAbstractItemView::item:selected { background: @selected; color: @text; }
QTreeView::branch { background: transparent; }
QTreeView::branch:hover { background: @hover; }
QTreeView::branch:selected { background: @selected; }
QTreeView::branch:has-children:closed { image: url(@icons/arrow-right.svg); }
QTreeView::branch:has-children:open { image: url(@icons/arrow-down.svg); }
QHeaderView { background: @panel; border: none; }
QHeaderView::section { background: @panel; color: @muted; border: none; border-bottom: 1px solid @line; padding: 4px; }
QHeaderView::section:vertical { padding: 0px 4px; }
QHeaderView::up-arrow { subcontrol-position: top center; image: url(@icons/arrow-up.svg); width: 9px; height: 9px; }
QHeaderView::down-arrow { subcontrol-position: top center; image: url(@icons/arrow-down.svg); width: 9px; height: 9px; }
QScrollArea { border: none; background: transparent; }

QTabWidget::pane { border: none; border-top: 1px solid @line; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @muted; padding: 8px 4px 6px 4px; margin: 0px 5px;
    border-bottom: 2px solid transparent; }
QTabBar[close="true"]::tab { padding: 8px 3px 6px 3px; margin: 0px 1px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }

QCalendarWidget QWidget#qt_calendar_navigationbar { background: @raised; }
QCalendarWidget QToolButton { color: @text; background: transparent; padding: 4px 8px; font-weight: 600; }
QCalendarWidget QToolButton#qt_calendar_prevmonth { qproperty-icon: none; image: url(@icons/arrow-left.svg); }
QCalendarWidget QToolButton#qt_calendar_nextmonth { qproperty-icon: none; image: url(@icons/arrow-right.svg); }
QCalendarWidget QAbstractItemView { background: @raised; alternate-background-color: @raised; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0px; }
QScrollBar::handle { background: @line; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @strong; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: @line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px 6px; }
QStatusBar { background: @panel; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter[gap="true"]::handle:horizontal { background: transparent; }
QSplitter::handle:vertical { height: 1px; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="title"] { color: @muted; font-weight: 600; }
QLabel[role="danger"] { color: @danger; }
QFrame[role="line"] { background: @line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="notice"] { background: @raised; border: 1px solid @line; border-radius: 8px; }
"""
