"""Wavefront OBJ with its materials: groups of triangles, y up in the file (or z, where the source says so)."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import numpy as np

from cim.pieces import GREY, Piece, Rgba
from twin.text import tr
from twin.trouble import Trouble


def load(path: Path) -> tuple[list[Piece], Counter]:
    """Pieces by group and material, in the file's own axes, and what was left out."""
    text = path.read_bytes().decode("utf-8", "replace")
    vertices: list[str] = []
    corners: dict[tuple[str, str], list[int]] = {}
    group, material, skipped, colors = "", "", Counter(), {}
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "v":
            vertices.append(rest)
        elif word == "f":
            _face(rest.split(), len(vertices), corners.setdefault((group, material), []), skipped)
        elif word in ("o", "g"):
            group = rest.strip()
        elif word == "usemtl":
            material = rest.strip()
        elif word == "mtllib":
            colors.update(_materials(path, rest.strip(), skipped))
        elif word in ("l", "p", "curv", "surf"):
            skipped["lines"] += 1
    try:
        points = np.array([v.split()[:3] for v in vertices], np.float64).reshape(-1, 3)
    except ValueError as error:
        raise _broken(path, str(error)) from None
    return [_piece(points, np.array(index).reshape(-1, 3), name, kind, colors.get(kind, GREY))
            for (name, kind), index in corners.items() if index], skipped


def _broken(path: Path, cause: str) -> Trouble:
    return Trouble(tr("This OBJ model is broken or cut short."), cause=cause[:200],
                   way_out=tr("Copy or export it again."), path=str(path))


def _face(words: list[str], count: int, out: list[int], skipped: Counter) -> None:
    """A polygon as a fan; numbers count from 1, negative ones from the end."""
    try:
        at = [int(w.partition("/")[0]) for w in words]
    except ValueError:
        skipped["faces"] += 1
        return
    at = [i - 1 if i > 0 else count + i for i in at]
    if len(at) < 3 or min(at) < 0 or max(at) >= count:
        skipped["faces"] += 1
        return
    for b, c in itertools.pairwise(at[1:]):
        out += [at[0], b, c]


def _piece(points: np.ndarray, triangles: np.ndarray, name: str, material: str, color: Rgba) -> Piece:
    used, index = np.unique(triangles, return_inverse=True)
    return Piece(points[used], index.reshape(-1, 3), name, material, color)


def _materials(path: Path, name: str, skipped: Counter) -> dict[str, Rgba]:
    """Diffuse colours of the library beside the model; counted where it is not there."""
    library = path.parent / Path(name.replace("\\", "/")).name
    if not library.is_file():
        skipped["library"] += 1
        return {}
    out, current, alpha = {}, "", 255
    for line in library.read_bytes().decode("utf-8", "replace").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "newmtl":
            current, alpha = rest.strip(), 255
            out[current] = GREY
        elif word == "Kd" and len(rest.split()) >= 3:
            out[current] = (*_bytes(rest.split()[:3]), alpha)
        elif word == "d" and current and rest.split():
            alpha = _bytes([rest.split()[0]])[0] or 255
            out[current] = (*out[current][:3], alpha)
        elif word == "map_Kd":
            skipped["textures"] += 1
    return out


def _bytes(words: list[str]) -> tuple[int, ...]:
    try:
        return tuple(round(255 * min(max(float(w), 0.0), 1.0)) for w in words)
    except ValueError:
        return (200,) * len(words)
