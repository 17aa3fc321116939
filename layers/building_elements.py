"""What is known of a building's elements once per mesh: classes, storeys, the file's colours, what shows of them."""

from __future__ import annotations

import numpy as np

from layers.arrangement import EVERYTHING_GHOST, EVERYTHING_HIDDEN, IS_GHOST, IS_HIDDEN, UNSAID, states
from layers.ifc_classes import GLASS, class_colors
from layers.mesh_features import feature_count
from layers.storeys import Storeys
from layers.words import Words
from twin.data import Mesh

SPACE, OPENING, WINDOWS = "IfcSpace", "IfcOpeningElement", ("IfcWindow", "IfcCurtainWall")
VOLUMES = (SPACE, "IfcSpatialZone")        # of air: a gross volume would lie over the whole house
SPACE_ALPHA, COLOURED_ALPHA, GHOST_ALPHA = 70, 255, 34
OPAQUE = 200                              # alpha from which nothing is seen through an element


class Elements:
    """Scene and model tree ask the same: `alpha(layer)` is what shows, `ghosts(layer)` which of it are ghosts."""

    def __init__(self, mesh: Mesh):
        self.mesh, self.count = mesh, feature_count(mesh)
        self.kinds = Words.of(mesh, "class", self.count)
        self.classes = self.kinds.spelt()
        self.storeys = Storeys.of(mesh, self.count)
        self.style = style_colors(mesh, self.kinds, self.count)
        self.solidity = self.style[:, 3].copy()        # of its most solid part: what it shows in any other colour
        np.maximum.at(self.solidity, mesh.tint_feature, mesh.tint_colors[:, 3])
        self.is_space = np.isin(self.classes, VOLUMES)
        self.speaking = np.zeros(0, np.int32)          # elements in the colours of their sensors
        self._looked: tuple | None = None

    def speak(self, features: np.ndarray) -> None:
        """Elements that show what their sensors say: no ghosts among ghosts."""
        if not np.array_equal(features, self.speaking):
            self.speaking, self._looked = features, None

    def alpha(self, layer) -> np.ndarray:
        """(count,) u1 without the layer's opacity; 0 = hidden."""
        return self._look(layer)[0]

    def called(self, layer, features: tuple[int, ...]) -> np.ndarray:
        """Spaces among the chosen `features` that are put away, or not of what is isolated: they are drawn while they
        are chosen. None where more than spaces is chosen: they would fill the storey that was meant.
        """
        chosen = np.asarray(features, np.intp)
        chosen = chosen[chosen < self.count]
        return chosen[self._look(layer)[2][chosen]] if self.is_space[chosen].all() else chosen[:0]

    def told_apart(self, layer, features: tuple[int, ...]) -> tuple[int, ...]:
        """The chosen `features`; none where all that was isolated is chosen: a mark would tell nothing apart, and hide
        the colours that one isolated it to look at.
        """
        if not layer.arranged or layer.arranged[0] not in (EVERYTHING_HIDDEN, EVERYTHING_GHOST):
            return features
        alpha, ghosts, _ = self._look(layer)
        left = np.flatnonzero((alpha > 0) & ~ghosts)
        return () if len(left) and np.isin(left, features).all() else features

    def own_alpha(self, colors: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        """`alpha` (count,) u1 as `alpha` gives it, where `colors` (count, 3) are the file's: as faint as it says."""
        own = (colors == self.style[:, :3]).all(axis=1) & (alpha == self.solidity)
        return np.where(own, self.style[:, 3], alpha)

    def tints(self, rgba: np.ndarray, alpha: np.ndarray, opacity: float) -> np.ndarray:
        """(tints, 4) u1: an element drawn in its own style (`rgba` (count, 4)) shows all of its styles.

        `alpha` (count,) u1 as `alpha` gives it; ghosts and spaces are as faint as their elements.
        """
        feature, own = self.mesh.tint_feature, self.mesh.tint_colors
        out = rgba[feature]
        plain = (out[:, :3] == self.style[feature, :3]).all(axis=1)
        out[plain, :3] = own[plain, :3]
        solid = plain & (alpha[feature] == self.style[feature, 3]) & (alpha[feature] > 0)
        out[solid, 3] = np.round(own[solid, 3] * opacity)
        return out

    def ghosts(self, layer) -> np.ndarray:
        """(count,) bool."""
        return self._look(layer)[1]

    def _look(self, layer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Alpha, ghosts, and spaces that are put away; kept: scene and tree ask for the same layer in turn."""
        said = layer.room_colors
        colored, faint = said is not None and said.of == "rooms", said is not None and said.others == "ghost"
        key = (layer.arranged, layer.storey, layer.storeys_below, layer.spaces, colored, faint)
        if self._looked is None or self._looked[0] != key:
            rules, named = states(self.mesh.features, layer.arranged, self.count)
            if faint:                                        # around rooms that say something
                quiet = (rules == UNSAID) & (self.classes != SPACE)
                quiet[self.speaking] = False
                rules[quiet] = IS_GHOST
            on_storey = self.storeys.shown(layer.storey, layer.storeys_below)
            alpha = shown_alpha(self.solidity, self.classes, named | layer.spaces | colored, on_storey, rules,
                                COLOURED_ALPHA if colored else SPACE_ALPHA)
            sent_away = states(self.mesh.features, tuple(r for r in layer.arranged if r.by != "all"), self.count)[0]
            away = self.is_space & on_storey & (sent_away != IS_HIDDEN) & (alpha == 0)
            spoken = np.zeros(self.count, bool)
            spoken[self.speaking] = True
            alpha[spoken & (alpha > 0) & (rules != IS_GHOST)] = COLOURED_ALPHA       # a pane of glass, too
            self._looked = (key, (alpha, (rules == IS_GHOST) & (alpha > 0), away))
        return self._looked[1]


def style_colors(mesh: Mesh, classes: Words, count: int) -> np.ndarray:
    """(count, 4) u1: the file's own colours; class colours for what has none."""
    table = class_colors(classes.used)
    own = np.array([(*table.get(name, (255, 255, 255)), GLASS if name in WINDOWS else 255) for name in classes.words],
                   np.uint8)
    out = own[classes.code]
    if mesh.colors is not None:
        given = np.flatnonzero(mesh.colors[:count, 3] > 0)
        out[given] = mesh.colors[given]
    return out


def shown_alpha(style: np.ndarray, classes: np.ndarray, spaces: np.ndarray, on_storey: np.ndarray,
                rules: np.ndarray, space_alpha: int = SPACE_ALPHA) -> np.ndarray:
    """(count,) u1: what shows of each element. Openings are holes and never drawn.

    `style` the file's alpha, `spaces` (count,) bool where a space would show (all of them, or what was shown by
    class or GlobalId), `on_storey` (count,) bool, `rules` (count,) u1 from `states`.
    """
    alpha = style.copy()
    is_space = np.isin(classes, VOLUMES)
    alpha[is_space] = np.where(spaces[is_space], space_alpha, 0)
    alpha[(rules == IS_GHOST) & (alpha > 0)] = GHOST_ALPHA
    alpha[(rules == IS_HIDDEN) | ~on_storey | (classes == OPENING)] = 0
    return alpha
