"""Levels are told apart by who sees no red or no green: by brightness, and by a shape of their own."""

from __future__ import annotations

import numpy as np
import pytest

from layers.level_colors import LEVEL_COLORS, LEVEL_WORDS
from layers.palette import palette
from layers.verdict_colors import LEVELS, SHAPES, level_colors

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
LEAST = 10.0                       # CIE76 in Lab; 2.3 is just noticeable side by side


def linear(rgb) -> np.ndarray:
    c = np.asarray(rgb, float) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb, kind: str = "") -> np.ndarray:
    seen = linear(rgb) @ np.array(BLIND[kind]).T if kind else linear(rgb)
    xyz = np.clip(seen, 0, 1) @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722],
                                          [0.0193, 0.1192, 0.9505]]).T / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


PALETTES = {"incidents": LEVEL_COLORS, "verdicts, light": level_colors("light"), "verdicts, dark": level_colors("dark")}


@pytest.mark.parametrize("kind", ["", *BLIND])
@pytest.mark.parametrize("name", PALETTES)
def test_any_two_levels_differ_for_everybody(name, kind):
    seen = lab(PALETTES[name], kind)
    away = np.linalg.norm(seen[:, None] - seen[None], axis=2)[np.triu_indices(len(seen), 1)]
    assert away.min() > LEAST, f"{name} {kind}: {away.min():.1f}"


@pytest.mark.parametrize("kind", ["", *BLIND])
@pytest.mark.parametrize("theme", LEVELS)
def test_warnings_get_darker_as_they_get_worse(theme, kind):
    light = lab(level_colors(theme)[2:], kind)[:, 0]
    assert (np.diff(light) < -4).all()


def test_every_level_has_a_shape_and_a_word():
    assert len(set(SHAPES)) == len(SHAPES) == len(level_colors("light")) == 5
    assert len(set(LEVEL_WORDS)) == len(LEVEL_COLORS) == 4
    assert palette("light").stale != palette("dark").stale
