"""How buildings look, whole or in tiles: the fields that both kinds of layer share, and the colours these give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le

from layers.attributes import STEPS_HELP, Coloring, StepKind, Steps, coloring, themed
from layers.palette import Rgb, blend, palette
from layers.rule_colors import by_rules
from twin.layer import Layer, styled
from twin.ruling import ColorRule, Ruling

USES = ("use", "function", "building_use", "usage", "class", "type", "building", "用途")


@dataclass(frozen=True, kw_only=True)
class CityStyle(Layer):
    """`joined`: id of a layer whose column `building` names these objects; the rules know its columns, too."""

    joined: str = ""
    color_by: str = styled("", "Colour by", role="column", help="Empty shows the white model")
    colormap: str = styled("batlow", "Colours", role="colormap")
    steps: StepKind = styled("smooth", "Steps", help=STEPS_HELP)
    step_count: Annotated[int, Ge(2), Le(12)] = styled(5, "Number of steps", step=1)
    own_colors: tuple[tuple[str, str], ...] = ()             # words of the legend and the colour given to them
    own_labels: tuple[tuple[str, str], ...] = ()             # and other words
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")
    color: str = styled("", "Colour", role="color")
    faces: str = "object"                                    # each kind of layer says which there are
    edges: bool = styled(True, "Edges")
    label_by: str = styled("", "Label", role="column")
    windows: bool = styled(True, "Windows", help="Façade rhythm by day, lit windows at night")
    ruled: bool = styled(False, "By rules", help="Colours by conditions, the first that holds, instead of a column")
    rules: tuple[ColorRule, ...] = ()


def style_key(layer: CityStyle, moment) -> tuple:
    """Everything but the table that `city_colors` depends on."""
    return (layer.color_by, layer.colormap, layer.low, layer.high, layer.color, layer.steps, layer.step_count,
            layer.own_colors, layer.ruled, layer.rules, ruling_of(layer, moment), moment.theme, moment.language)


def ruling_of(layer: CityStyle, moment) -> Ruling | None:
    """Which rule holds for which feature; None where no rules colour, or nobody knows yet."""
    return moment.ruled.get(layer.id) if layer.ruled and layer.rules else None


def city_colors(layer: CityStyle, features, count: int, moment) -> Coloring:
    theme = moment.theme
    plain = plain_walls(layer, theme)
    if layer.ruled and layer.rules:
        return by_rules(layer.rules, ruling_of(layer, moment), count=count, plain=plain, theme=theme)
    made = coloring(features, layer.color_by, count=count, plain=plain, colormap=layer.colormap, theme=theme,
                    low=layer.low, high=layer.high, steps=Steps(layer.steps, layer.step_count, layer.own_colors))
    white = made.legend is None and not layer.color
    return Coloring(white_model(features, count, theme)) if white else made


def plain_walls(layer: CityStyle, theme: str) -> Rgb:
    return themed(layer.color, theme) if layer.color else palette(theme).walls


def use_column(features) -> str:
    """The column that says what buildings are for; "" where there is none."""
    return next((name for name in USES if features is not None and name in features.column_names), "")


def white_model(features, count: int, theme: str) -> np.ndarray:
    """(count, 3) u1: warm white, and a breath of another white where the use is known."""
    colors = np.tile(np.array(palette(theme).walls, np.uint8), (count, 1))
    column = use_column(features)
    if not column:
        return colors
    tints = _tints(theme)
    words = features.column(column).to_numpy()[:count]                  # a tenth of the time of to_pylist
    for value in set(words.tolist()):
        tint = next((t for keys, t in tints if isinstance(value, str) and any(k in value.lower() for k in keys)), None)
        if tint:
            colors[words == value] = tint
    return colors


def _tints(theme: str) -> tuple[tuple[tuple[str, ...], Rgb], ...]:
    colors = palette(theme)
    return ((("industr", "warehouse", "factory", "logistic", "工业", "厂", "仓"), colors.industry),
            (("office", "commerc", "retail", "mall", "hotel", "商", "办公"),
             blend(colors.walls, (150, 190, 220), 0.06)),
            (("school", "educat", "universit", "kindergarten", "hospital", "public", "civic", "学", "医", "公共"),
             blend(colors.walls, (226, 190, 140), 0.07)))
