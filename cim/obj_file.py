"""Wavefront OBJ with its materials: groups of triangles, y up in the file (or z, where the source says so)."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cim.pictures import Draped, Picture, beside
from cim.pieces import GREY, Piece, Rgba
from twin.text import tr
from twin.trouble import Trouble


def load(path: Path) -> tuple[list[Piece], Counter]:
    """Pieces by group and material, in the file's own axes, and what was left out."""
    text = path.read_bytes().decode("utf-8", "replace")
    vertices: list[str] = []
    places: list[str] = []
    corners: dict[tuple[str, str], list[tuple[int, int]]] = {}
    group, material, skipped, looks = "", "", Counter(), {}
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "v":
            vertices.append(rest)
        elif word == "vt":
            places.append(rest)
        elif word == "f":
            _face(rest.split(), len(vertices), len(places), corners.setdefault((group, material), []), skipped)
        elif word in ("o", "g"):
            group = rest.strip()
        elif word == "usemtl":
            material = rest.strip()
        elif word == "mtllib":
            looks.update(_materials(path, rest.strip(), skipped))
        elif word in ("l", "p", "curv", "surf"):
            skipped["lines"] += 1
    try:
        points = np.array([v.split()[:3] for v in vertices], np.float64).reshape(-1, 3)
        uv = np.array([[*v.split(), "0"][:2] for v in places], np.float64).reshape(-1, 2)
    except ValueError as error:
        raise _broken(path, str(error)) from None
    skipped["unreadable"] = sum(look.picture is not None and look.picture.size() is None for look in looks.values())
    return [_piece(points, uv, np.array(index), name, kind, looks.get(kind, Look()))
            for (name, kind), index in corners.items() if index], skipped


def _broken(path: Path, cause: str) -> Trouble:
    return Trouble(tr("This OBJ model is broken or cut short."), cause=cause[:200],
                   way_out=tr("Copy or export it again."), path=str(path))


def _face(words: list[str], count: int, places: int, out: list[tuple[int, int]], skipped: Counter) -> None:
    """A polygon as a fan of (point, place in the texture or -1); numbers count from 1, negative ones from the end."""
    try:
        at = [[int(v) if v else 0 for v in w.split("/")[:2]] for w in words]
    except ValueError:
        skipped["faces"] += 1
        return
    at = [(_counted(v[0], count), _counted(v[1], places) if len(v) > 1 and v[1] else -1) for v in at]
    if len(at) < 3 or min(p for p, _ in at) < 0 or max(p for p, _ in at) >= count:
        skipped["faces"] += 1
        return
    at = [(p, t if t < places else -1) for p, t in at]
    for b, c in itertools.pairwise(at[1:]):
        out += [at[0], b, c]


def _counted(number: int, count: int) -> int:
    return number - 1 if number > 0 else count + number


def _piece(points: np.ndarray, uv: np.ndarray, corners: np.ndarray, name: str, material: str, look: Look) -> Piece:
    """`corners` (3 m, 2). A point that lies in several places of the texture is several vertices."""
    used, index = np.unique(corners, axis=0, return_inverse=True)
    draped, color = None, look.color
    if look.picture is not None and look.picture.size() is not None:
        color = (*(round(c * m) for c, m in zip(color[:3], look.picture.mean())), color[3])
        if len(uv) and (used[:, 1] >= 0).all():
            place = uv[used[:, 1]]
            draped = Draped(look.picture, np.stack([place[:, 0], 1.0 - place[:, 1]], axis=1).astype(np.float32),
                            look.color[:3])
    return Piece(points[used[:, 0]], index.reshape(-1, 3), name, material, color, draped=draped)


@dataclass
class Look:
    """A material: its diffuse colour and its picture."""

    color: Rgba = GREY
    picture: Picture | None = None


def _materials(path: Path, name: str, skipped: Counter) -> dict[str, Look]:
    """Of the library beside the model; counted where it is not there."""
    library = path.parent / Path(name.replace("\\", "/")).name
    if not library.is_file():
        skipped["library"] += 1
        return {}
    out: dict[str, Look] = {}
    look = Look()
    for line in library.read_bytes().decode("utf-8", "replace").splitlines():
        word, _, rest = line.strip().partition(" ")
        words = rest.split()
        if word == "newmtl":
            look = out[rest.strip()] = Look()
        elif word == "Kd" and len(words) >= 3:
            look.color = (*_bytes(words[:3]), look.color[3])
        elif word == "d" and words:
            look.color = (*look.color[:3], _bytes([words[0]])[0] or 255)
        elif word == "map_Kd" and words:
            look.picture = beside(path, _file_name(rest))
            look.color = (255, 255, 255, look.color[3]) if look.color[:3] == GREY[:3] else look.color
    return out


def _file_name(rest: str) -> str:
    """Behind options such as "-s 1 1 1"; a name may hold blanks."""
    words = rest.split()
    while words and words[0].startswith("-"):
        words = words[1:]
        while (words and _is_number(words[0])) or (words and words[0] in ("on", "off")):
            words = words[1:]
    return " ".join(words)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _bytes(words: list[str]) -> tuple[int, ...]:
    try:
        return tuple(round(255 * min(max(float(w), 0.0), 1.0)) for w in words)
    except ValueError:
        return (200,) * len(words)
