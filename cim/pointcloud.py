"""LAS, LAZ and COPC point clouds: placed in float64 chunk by chunk, then grouped for drawing by level of detail."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cim import placing
from twin.data import PointCloud
from twin.frame import axis_unit_m
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

MOST_POINTS = 12_000_000                  # kept in memory; of more, every n-th
CHUNK = 1_000_000
POINTS_A_CELL = 20_000


def sniff(path: Path, head: bytes) -> float:
    return 0.95 if head[:4] == b"LASF" else 0.0


@contextmanager
def _troubled(path: Path):
    import laspy.errors
    try:
        yield
    except (laspy.errors.LaspyException, ValueError, KeyError, OSError, RuntimeError, EOFError) as error:
        raise Trouble(tr("This point cloud could not be read."), cause=f"{type(error).__name__}: {error}"[:200],
                      way_out=tr("Copy it again, or check it with lasinfo."), path=str(path)) from None


def inspect(path: Path, source: Source) -> list[Info]:
    import laspy
    with _troubled(path), laspy.open(path) as file:
        header = file.header
        crs, box = _stated(header), (*map(float, header.mins), *map(float, header.maxs))
        place = placing.georef(source, crs, "file", (box[0], box[1], box[3], box[4]))
        unit, said = _units_said(place.crs)
        box, notes = (*box[:2], box[2] * unit, *box[3:5], box[5] * unit), (*place.notes, *said)
        return [Info(path=str(path), kind="points", format=_format(path, header), name=path.name.split(".")[0],
                     crs=place.crs, crs_source=place.source, extent=box if header.point_count else None,
                     count=int(header.point_count), units="m", notes=notes,
                     extra={"dimensions": list(header.point_format.dimension_names)})]


def _format(path: Path, header) -> str:
    name = "COPC" if path.name.lower().endswith(".copc.laz") else path.suffix.strip(".").upper() or "LAS"
    return f"{name} {header.version}"


def _stated(header) -> str:
    """The CRS of the header as WKT or code; "" where there is none or PROJ cannot read it."""
    import pyproj
    try:
        crs = header.parse_crs()
    except (pyproj.exceptions.CRSError, ValueError, KeyError):
        return ""
    if crs is None:
        return ""
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.to_wkt()


def _units_said(crs: str) -> tuple[float, tuple[str, ...]]:
    """(metres in the unit of height, note): LAS measures heights in the unit of its eastings."""
    unit = axis_unit_m(crs)
    if abs(unit - 1.0) < 1e-9:
        return 1.0, ()
    return unit, (tr("Heights are taken in the CRS's unit ({unit:g} m) and were converted to metres.", unit=unit),)


@dataclass
class _Gathered:
    points: list[np.ndarray]
    rgb: list[np.ndarray]
    intensity: list[np.ndarray]
    classes: list[np.ndarray]
    stated: int
    every: int

    def of(self, name: str) -> np.ndarray | None:
        parts = getattr(self, name)
        return np.concatenate(parts) if parts else None


@reader("pointcloud", label="LAS, LAZ", suffixes=(".las", ".laz"), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> PointCloud:
    import laspy
    path = request.path
    with _troubled(path), laspy.open(path) as file:
        header = file.header
        box = (float(header.mins[0]), float(header.mins[1]), float(header.maxs[0]), float(header.maxs[1]))
        place = _place(request, _stated(header), box)
        unit, notes = _units_said(place.crs)
        found = _gather(file, request, place, unit, progress)
    progress(0.9, 1.0, tr("Building shapes"))
    payload = grouped(found.of("points"), rgb=_bytes(found.of("rgb")), intensity=found.of("intensity"),
                      classes=found.of("classes"))
    progress(1.0)
    return PointCloud(**{**payload, "crs": place.crs, "crs_source": place.source, "count": len(payload["points"]),
                         "notes": (*place.notes, *notes, *_left_out(found, len(payload["points"])),
                                   *placing.far_notes(place, request.frame, box))})


def _place(request: Request, crs: str, box: placing.Box) -> placing.Georef:
    place = placing.georef(request.source, crs, "file", box, request.frame, degrees=False)
    return place if place.known else placing.at_origin(place, box, request.frame)


def _gather(file, request: Request, place: placing.Georef, unit: float, progress: Progress) -> _Gathered:
    total = int(file.header.point_count)
    out = _Gathered([np.zeros((0, 3), np.float32)], [], [], [], total, max(1, math.ceil(total / MOST_POINTS)))
    names, done = set(file.header.point_format.dimension_names), 0
    for chunk in file.chunk_iterator(CHUNK):
        progress(0.9 * done / max(total, 1), 1.0, tr("Reading points"))
        step = slice((-done) % out.every, None, out.every)
        local = placing.to_local(place, request.frame, *(np.asarray(v)[step] for v in (chunk.x, chunk.y)),
                                 np.asarray(chunk.z)[step] * unit, height_datum=request.source.height_datum,
                                 path=str(request.path))
        out.points.append(local.astype(np.float32))
        if {"red", "green", "blue"} <= names:
            out.rgb.append(np.stack([np.asarray(chunk[c])[step] for c in ("red", "green", "blue")], axis=1))
        if "intensity" in names:
            out.intensity.append(np.asarray(chunk.intensity)[step].astype(np.float32))
        if "classification" in names:
            out.classes.append(np.asarray(chunk.classification)[step].astype(np.uint8))
        done += len(chunk)
    return out


def _bytes(rgb: np.ndarray | None) -> np.ndarray | None:
    """u1 of 16-bit colours, or of 8-bit ones that a writer put there as they were; None where all are black."""
    if rgb is None or not rgb.any():
        return None
    return (rgb if rgb.max() <= 255 else rgb >> 8).astype(np.uint8)


def _left_out(found: _Gathered, kept: int) -> tuple[str, ...]:
    notes = (tr("One of {n} points is kept: {kept:,} of {all:,}.", n=found.every, kept=kept, all=found.stated),
             ) if found.every > 1 else ()
    expected = math.ceil(found.stated / found.every)
    if kept < expected:
        notes += (tr("The file is cut short: {n:,} of {all:,} points could be read.", n=kept * found.every,
                     all=found.stated),)
    if not kept:
        notes += (tr("It holds no points."),)
    return notes


def grouped(points: np.ndarray, **values) -> dict:
    """Points and their values sorted into cells of the ground, shuffled within each (always the same way)."""
    shuffled = np.random.default_rng(1).permutation(len(points))
    cell, count = _cells(points[shuffled])
    order = shuffled[np.argsort(cell, kind="stable")]
    sizes = np.bincount(cell, minlength=count)
    sizes = sizes[sizes > 0]
    cells = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    points = points[order]
    low, high = (f.reduceat(points, cells[:-1], axis=0) if len(points) else np.zeros((0, 3), np.float32)
                 for f in (np.minimum, np.maximum))
    return {"points": points, "cells": cells, "boxes": np.hstack([low, high]).astype(np.float32),
            **{name: None if value is None else value[order] for name, value in values.items()}}


def _cells(points: np.ndarray) -> tuple[np.ndarray, int]:
    """The cell of each point and how many there are, in squares of about `POINTS_A_CELL` points."""
    if not len(points):
        return np.zeros(0, np.int64), 0
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    wide, tall = np.maximum(high - low, 1e-3)
    edge = max(math.sqrt(wide * tall * POINTS_A_CELL / len(points)), max(wide, tall) / 500)
    cols = int(wide // edge) + 1
    at = np.floor((points[:, :2] - low) / edge).astype(np.int64)
    return at[:, 1] * cols + at[:, 0], (int(tall // edge) + 1) * cols
