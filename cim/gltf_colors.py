"""Materials of glTF in numbers: base colours in linear light, textures and where they lie, colours of vertices."""

from __future__ import annotations

import numpy as np


def texture_of(material: dict) -> dict:
    """Of the base colour, or in the older way of the diffuse one."""
    old = (material.get("extensions") or {}).get("KHR_materials_pbrSpecularGlossiness") or {}
    return (material.get("pbrMetallicRoughness") or {}).get("baseColorTexture") or old.get("diffuseTexture") or {}


def factor_of(material: dict) -> np.ndarray:
    """(4,) the base colour as on a screen, 0-1."""
    old = (material.get("extensions") or {}).get("KHR_materials_pbrSpecularGlossiness") or {}
    said = (material.get("pbrMetallicRoughness") or {}).get("baseColorFactor") or old.get("diffuseFactor")
    factor = np.array(said or (1.0, 1.0, 1.0, 1.0), np.float64)
    factor[:3] = _srgb(factor[:3])
    return factor


def moved(uv: np.ndarray, said: dict) -> np.ndarray:
    """By KHR_texture_transform: scaled, turned, shifted."""
    if not said:
        return uv
    uv = uv * np.array(said.get("scale") or (1.0, 1.0))
    cos, sin = np.cos(said.get("rotation", 0.0)), np.sin(said.get("rotation", 0.0))
    uv = np.stack([cos * uv[:, 0] + sin * uv[:, 1], cos * uv[:, 1] - sin * uv[:, 0]], axis=1)
    return uv + np.array(said.get("offset") or (0.0, 0.0))


def _srgb(linear: np.ndarray) -> np.ndarray:
    """glTF factors are linear light; colours on the screen are not."""
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def times(color: tuple, vertices: np.ndarray) -> tuple[int, int, int, int]:
    """A colour times the mean of vertex colours (floats are shares, integers come normalised)."""
    mean = np.ones(4)
    mean[:vertices.shape[1]] = np.asarray(vertices, np.float64).mean(axis=0)[:4]
    return tuple(int(v) for v in np.clip(np.round(np.array(color) * np.append(_srgb(mean[:3]), mean[3])), 0, 255))


def each_times(color: tuple, vertices: np.ndarray) -> np.ndarray:
    """(n, 4) u1: a colour times each vertex's own."""
    own = np.ones((len(vertices), 4))
    own[:, :vertices.shape[1]] = np.asarray(vertices, np.float64)[:, :4]
    own[:, :3] = _srgb(own[:, :3])
    return np.clip(np.round(own * np.array(color)), 0, 255).astype(np.uint8)
