"""Fill a block with buildings: one function per use."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import affinity

from data_samples import forms
from data_samples.blocks import Block
from data_samples.site import Site


def fill(site: Site, block: Block) -> None:
    site.start(block)
    FILLERS[block.use](site, block)


def _residential(site: Site, block: Block) -> None:
    """A 小区: rows of slabs to the sun, a garden in the middle, shops along the edge, a gate and paths."""
    x0, y0, x1, y1 = block.local.bounds
    rng = site.rng
    site.patch(block, "lawn", block.local.buffer(-5))
    _garden(site, block)
    if rng.random() < 0.6:
        _shops(site, block)
    tall = block.density * rng.uniform(0.65, 1.35)
    floors = (
        6
        if tall < 0.32
        else int(rng.choice([9, 11]))
        if tall < 0.55
        else int(rng.choice([14, 16, 18]))
        if tall < 0.95
        else int(rng.choice([22, 26, 28]))
    )
    depth = {True: 13.2, False: 15.5}[floors <= 11]
    gap = {6: 21.0}.get(floors, 17.0 + floors * 1.35)
    y = y0 + depth / 2 + 8
    row = 0
    while y + depth / 2 < y1 - 5:
        _row(site, block, y, depth, floors - (2 if row == 0 and floors > 9 else 0), row)
        site.patch(block, "path", shapely.box(x0, y + depth / 2 + 4, x1, y + depth / 2 + 8.5))
        y += depth + gap * rng.uniform(0.93, 1.07)
        row += 1
    site.patch(block, "path", shapely.box(-2.6, y0, 2.6, y1))


def _row(site: Site, block: Block, y: float, depth: float, floors: int, row: int) -> None:
    x0, _, x1, _ = block.local.bounds
    rng = site.rng
    if floors >= 22 and row % 2 == 1:
        form, step = forms.point_tower(27, 22), 27 + 27.0
    else:
        units = int(rng.choice([2, 3])) if floors > 11 else int(rng.choice([3, 4]))
        length = units * (17.5 if floors > 11 else 14.5)
        form = (
            forms.slab(length, depth, units) if block.town == "嘉定新城" else forms.rectangle(length, depth)
        )
        step = form.bounds[2] - form.bounds[0] + (8 if floors <= 11 else 13)
    width = form.bounds[2] - form.bounds[0]
    count = int((x1 - x0 - 12 + step - width) / step)
    start = -(count - 1) / 2 * step + (x0 + x1) / 2 + rng.uniform(-3, 3)
    sway = rng.uniform(2.0, 7.0) * (1 if floors > 6 else 0.4)
    for k in range(count):
        at = (start + k * step, y + sway * np.sin(k * 1.9 + row))
        site.put(
            block, form, at, "residential", max(3, floors + int(rng.choice([-1, 0, 0, 0, 1])) * (floors > 9))
        )


def _garden(site: Site, block: Block) -> None:
    """The open middle: lawn, a pond or a court, and no house."""
    x0, y0, x1, y1 = block.local.bounds
    if (x1 - x0) < 150 or (y1 - y0) < 150:
        return
    middle = ((x0 + x1) / 2 + site.rng.uniform(-15, 15), (y0 + y1) / 2)
    green = forms.ellipse(min(110, (x1 - x0) * 0.36), 46)
    site.reserve(green, middle)
    site.patch(block, "grove", green, middle)
    if site.rng.random() < 0.5:
        site.patch(block, "pool", forms.ellipse(34, 15), (middle[0] - 14, middle[1] + 4))
    court = (forms.rectangle(28, 15), (middle[0] + 30, middle[1] - 3))
    site.patch(block, "court", *court)
    site.reserve(*court)


def _shops(site: Site, block: Block) -> None:
    """A low bar of shops along one street."""
    x0, y0, x1, y1 = block.local.bounds
    length = float(site.rng.uniform(38, 62))
    side = site.rng.random() < 0.6
    for k in range(int(((x1 - x0) if side else (y1 - y0)) // (length + 14))):
        if side:
            shape, at = forms.rectangle(length, 12), (x0 + 16 + length / 2 + k * (length + 14), y0 + 8.5)
        else:
            shape, at = forms.rectangle(12, length), (x0 + 8.5, y0 + 16 + length / 2 + k * (length + 14))
        site.put(block, shape, at, "commercial", 2)


def _office(site: Site, block: Block) -> None:
    """Lots with a plaza each: towers on podiums, courtyards, bars; higher toward the middle."""
    x0, y0, x1, y1 = block.local.bounds
    rng = site.rng
    site.patch(block, "plaza", block.local.buffer(-4))
    nx, ny = max(1, round((x1 - x0) / 96)), max(1, round((y1 - y0) / 88))
    dx, dy = (x1 - x0) / nx, (y1 - y0) / ny
    for i in range(nx):
        for j in range(ny):
            at = (x0 + (i + 0.5) * dx, y0 + (j + 0.5) * dy)
            site.patch(block, "lawn", forms.rounded(dx * 0.92, dy * 0.14, 4), (at[0], at[1] - dy * 0.42))
            _office_lot(site, block, at, min(dx, 100) - 18, min(dy, 95) - 20, rng)


def _office_lot(site: Site, block: Block, at, w: float, d: float, rng) -> None:
    if w < 22 or d < 22:
        return
    draw, high = rng.random(), block.density
    if draw < 0.5:
        low = int(rng.integers(2, 5))
        if site.put(block, forms.rounded(w * 0.94, d * 0.9, 5), at, "commercial", low):
            floors = int(rng.integers(13, 24 + 14 * high))
            size = float(np.clip(min(w, d) * 0.56, 20, 40))
            shape = [
                forms.rounded(size * 1.2, size, 3),
                forms.point_tower(size * 1.1, size * 1.1, 3.5),
                forms.ellipse(size * 1.25, size),
            ][int(rng.integers(0, 3))]
            site.put(
                block,
                shape,
                (at[0] + rng.uniform(-1, 1) * w * 0.06, at[1] + d * 0.05),
                "office",
                floors,
                on_top=True,
            )
    elif draw < 0.68:
        inner = (w * 0.9 - 36, d * 0.86 - 36)
        floors = int(rng.integers(5, 10))
        if min(inner) < 6:
            site.put(block, forms.rounded(w * 0.9, d * 0.8, 2), at, "office", floors)
        elif site.put(block, forms.courtyard(w * 0.9, d * 0.86, 16), at, "office", floors):
            site.patch(block, "grove", forms.rectangle(*inner), at)
    elif draw < 0.84:
        site.put(
            block, forms.angle_form(w * 0.9, d * 0.85, d * 0.7, 19), at, "office", int(rng.integers(7, 15))
        )
    else:
        for k in (-1, 1):
            site.put(
                block,
                forms.rounded(w * 0.85, 21, 2.5),
                (at[0], at[1] + k * d * 0.27),
                "office",
                int(rng.integers(8, 16)),
            )


def _mall(site: Site, block: Block) -> None:
    x0, y0, x1, y1 = block.local.bounds
    w, d = x1 - x0, y1 - y0
    site.patch(block, "plaza", block.local.buffer(-4))
    site.patch(block, "parking", forms.rectangle(w * 0.8, d * 0.18), (0, y0 + d * 0.13))
    body = forms.rounded(w * 0.62, d * 0.5, 12)
    atrium = forms.ellipse(w * 0.26, d * 0.13)
    if site.put(block, body.difference(atrium), (w * -0.06, d * 0.1), "commercial", 5, height_m=26.5):
        site.put(
            block,
            forms.rounded(w * 0.62 * 0.28, d * 0.15, 3),
            (w * -0.2, d * 0.255),
            "hotel",
            19,
            on_top=True,
        )
    site.put(block, forms.rounded(w * 0.16, d * 0.46, 4), (w * 0.38, d * 0.1), "commercial", 4)


def _school(site: Site, block: Block) -> None:
    """A track in the west, classrooms like a comb, a gym, courts."""
    x0, y0, x1, y1 = block.local.bounds
    w = x1 - x0
    site.patch(block, "lawn", block.local.buffer(-4))
    upright = y1 - y0 > 150 and w < 245
    turn = 90 if upright else 0
    ring, inner = (affinity.rotate(s, turn, origin=(0, 0)) for s in forms.running_track())
    at = (x0 + 56, (y0 + y1) / 2) if upright else (x0 + 96, y0 + 58)
    site.patch(block, "track", ring, at)
    site.patch(block, "field", inner, at)
    site.reserve(ring.buffer(4).envelope, at)
    left = at[0] + (54 if upright else 0)
    for y in np.arange(y0 + 40, y1 - 30, 84):
        site.put(block, forms.comb(62, 58, 13), (left + 44, y + 4), "school", 5, gap_m=5)
    for y in np.arange(y0 + 28, y1 - 20, 56):
        site.put(block, forms.rectangle(40, 26), (x1 - 30, y), "school", 3, gap_m=5)
    for y in np.arange(y0 + 20, y1 - 16, 22):
        court = affinity.translate(forms.rectangle(28, 15), x1 - 22, y)
        if site.free(block, court, 3):
            site.patch(block, "court", court)
            site.reserve(court)


def _hospital(site: Site, block: Block) -> None:
    x0, y0, x1, y1 = block.local.bounds
    w, d = x1 - x0, y1 - y0
    site.patch(block, "plaza", block.local.buffer(-4))
    site.patch(block, "lawn", forms.rounded(w * 0.84, d * 0.22, 10), (0, y1 - d * 0.16))
    site.put(block, forms.horseshoe(w * 0.5, d * 0.38, 20), (-w * 0.16, -d * 0.18), "hospital", 5)
    site.put(block, forms.slab(min(95, w * 0.5), 24, 4), (-w * 0.12, d * 0.13), "hospital", 15)
    site.put(block, forms.courtyard(52, 46, 14), (w * 0.27, -d * 0.12), "hospital", 6)
    site.patch(block, "parking", forms.rectangle(w * 0.28, d * 0.2), (w * 0.28, d * 0.16))


def _industrial(site: Site, block: Block) -> None:
    x0, y0, x1, y1 = block.local.bounds
    rng = site.rng
    site.patch(block, "yard", block.local.buffer(-4))
    w, d = float(rng.uniform(62, 120)), float(rng.uniform(36, 66))
    nx, ny = max(1, int((x1 - x0 - 8) // (w + 16))), max(1, int((y1 - y0 - 8) // (d + 18)))
    for i in range(nx):
        for j in range(ny):
            at = ((i - (nx - 1) / 2) * (w + 16), (j - (ny - 1) / 2) * (d + 18))
            if rng.random() < 0.12:
                site.patch(block, "parking", forms.rectangle(w * 0.7, d * 0.6), at)
            elif rng.random() < 0.16:
                site.put(
                    block, forms.rounded(min(w, 52), 19, 1), at, "office", int(rng.integers(4, 8)), gap_m=5
                )
            else:
                site.put(
                    block,
                    forms.rectangle(w, d),
                    at,
                    "industrial",
                    1,
                    height_m=round(float(rng.uniform(8.5, 14)), 1),
                    gap_m=5,
                )


def _old(site: Site, block: Block) -> None:
    """The old town: courtyards and short rows of two or three floors, narrow lanes."""
    x0, y0, x1, y1 = block.local.bounds
    rng = site.rng
    site.patch(block, "plaza", block.local.buffer(-2))
    y = y0 + 12
    while y < y1 - 9:
        x = x0 + 6
        while x < x1 - 9:
            w = float(rng.uniform(16, 34))
            d = float(rng.uniform(11, 17))
            form = forms.courtyard(w, d + 6, 5.5) if rng.random() < 0.28 else forms.rectangle(w, d)
            site.put(
                block,
                form,
                (x + w / 2, y + rng.uniform(-1.5, 1.5)),
                "residential" if rng.random() < 0.8 else "commercial",
                int(rng.choice([2, 2, 3, 4])),
                gap_m=2.5,
            )
            x += w + float(rng.uniform(4, 8))
        y += 24.0


def _park(site: Site, block: Block) -> None:
    x0, y0, x1, y1 = block.local.bounds
    site.patch(block, "park", block.local)
    w, d = x1 - x0, y1 - y0
    loop = forms.ellipse(w * 0.68, d * 0.62)
    site.patch(block, "walk", loop.buffer(2.2).difference(loop.buffer(-2.2)))
    site.patch(block, "pool", forms.ellipse(w * 0.3, d * 0.2), (w * 0.06, -d * 0.06))
    site.patch(block, "walk", shapely.LineString([(x0, y0), (-w * 0.2, 0), (x1, y1)]).buffer(2.0))
    site.put(block, forms.rounded(24, 13, 2), (-w * 0.2, d * 0.2), "culture", 1, height_m=6.0)


def _culture(site: Site, block: Block) -> None:
    """A cultural centre: two halls round a plaza."""
    site.patch(block, "plaza", block.local.buffer(-4))
    x0, y0, x1, y1 = block.local.bounds
    w, d = x1 - x0, y1 - y0
    site.put(block, forms.ellipse(w * 0.42, d * 0.5), (-w * 0.2, 0), "culture", 3, height_m=22.0)
    site.put(block, forms.courtyard(w * 0.28, d * 0.46, 13), (w * 0.25, d * 0.08), "culture", 4)
    site.patch(block, "grove", forms.rounded(w * 0.8, d * 0.15, 5), (0, y0 + d * 0.14))


FILLERS = {
    "residential": _residential,
    "office": _office,
    "mall": _mall,
    "school": _school,
    "hospital": _hospital,
    "industrial": _industrial,
    "old": _old,
    "park": _park,
    "culture": _culture,
    "hotel": _office,
}
