"""Both themes can be read, and every command and kind of layer has an icon that shows something."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtGui import QImage

from app import theme
from app.commands import COMMANDS
from app.discover import layer_types
from app.docking import PANELS
from twin.layer import LAYER_TYPES

layer_types()


def contrast(a: str, b: str) -> float:
    """WCAG 2.1 contrast ratio."""
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", theme.THEMES)
def test_texts_can_be_read(name):
    for ground in ("panel", "surface", "field", "raised", "hover", "selected"):
        assert contrast(theme.colour("text", name), theme.colour(ground, name)) >= 7
    for ink in ("muted", "danger", "warn", "good"):
        assert contrast(theme.colour(ink, name), theme.colour("panel", name)) >= 4.5


@pytest.mark.parametrize("name", theme.THEMES)
def test_the_style_sheet_has_no_open_token(name):
    assert not re.search(r"@\w+", theme.style_sheet(name))


def test_both_themes_have_the_same_tokens():
    assert theme.COLOURS["light"].keys() == theme.COLOURS["dark"].keys()


NAMES = sorted({command.icon for command in COMMANDS} | {panel.icon for panel in PANELS if panel.label}
               | set(LAYER_TYPES) | {"opaque"})


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_kind_has_an_icon_that_shows(qapp, name):
    assert name, "a command has no icon"
    picture = theme.drawn(name, 24, "#ff0000").toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(24, 24, 4)
    solid = pixels[pixels[..., 3] > 200]
    assert len(solid) >= 6, "nothing is drawn"
    assert (solid[:, 0] > 200).all() and (solid[:, 1] < 60).all(), "it is not tinted"


@pytest.mark.parametrize("path", sorted(theme.ICONS.glob("*.svg")), ids=lambda p: p.stem)
def test_icons_share_one_grid_and_stroke(path):
    text = path.read_text()
    assert 'viewBox="0 0 24 24"' in text and 'stroke-linecap="round"' in text
    if "currentColor" in text:
        assert 'stroke-width="1.6"' in text


def test_system_follows_the_desktop(qapp):
    assert theme.resolved("dark") == "dark"
    assert theme.resolved("system") in theme.THEMES


def test_english_quotes_of_a_chinese_font_are_narrow(qtbot):
    from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics

    from twin.text import set_language
    family = next((name for name in theme.CJK_FAMILIES if name in QFontDatabase.families()), "")
    if not family:
        pytest.skip("needs a Chinese font (fonts-noto-cjk)")
    widths = {}
    for language in ("en", "zh"):
        set_language(language)
        font = QFont(theme.font())
        font.setFamilies([family])
        widths[language] = QFontMetrics(font).horizontalAdvance("“”")
    set_language("en")
    assert widths["en"] <= 0.7 * widths["zh"], widths
