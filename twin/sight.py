"""What a camera sees of boxes: no rendering, so that the choice of tiles can be made and tested anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sight:
    """A camera: `eye` (3,) f8 local metres, `planes` (n, 4) f8 whose positive sides are in sight, and how many
    pixels a metre at a distance of one metre takes."""

    eye: np.ndarray
    planes: np.ndarray
    pixels: float


def in_sight(box: np.ndarray, sight: Sight) -> np.ndarray:
    """(n,) bool: no plane has the whole box (n, 6) on its negative side."""
    normals, shift = sight.planes[:, :3].T, sight.planes[:, 3]
    middle, half = (box[:, 3:] + box[:, :3]) / 2, (box[:, 3:] - box[:, :3]) / 2
    return (middle @ normals + half @ np.abs(normals) + shift >= 0).all(axis=1)


def distance_m(box: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """(n,) metres from the eye to the nearest point of each box."""
    beside = np.maximum(np.maximum(box[:, :3] - eye, eye - box[:, 3:]), 0.0)
    return np.sqrt(np.einsum("ij,ij->i", beside, beside))
