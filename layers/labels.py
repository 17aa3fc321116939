"""Text at places in the scene: constant size, readable on anything, never over each other, a legend or the edge.

All labels of a layer are one textured actor over the scene. Which of them show is decided once per camera:
by priority, in front of the eye, near enough, covered by nothing that is known to stand before it, and only where no
other label stands already.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper2D, vtkTexture, vtkTexturedActor2D

from layers import painting
from layers.canvas import Canvas
from layers.covered import Blocks
from layers.geometry import poly_data
from layers.palette import Rgb, blend, palette
from layers.paper import without_middle
from layers.ranked_places import RankedPlaces, in_picture

MOST_SHOWN = 150
MOST_TRIED = 1200                              # of those in the picture, by priority
SHEET_WIDTH = 1024
GAP_PX = 4
HALO_PX = 2
WIDEST_PX = 320                                # logical; longer words lose their middle, else wide ones are never seen
LEAST_BLOCK_PX = 12                            # from corner to corner: what is smaller is not seen, and not named


class Labels:
    """`set` says what there is to show, `camera_moved` places it. Always on top of the scene."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self.shown: list[int] = []                           # indices of what stands in the picture now
        self._ranked = RankedPlaces(np.zeros((0, 3)), [])
        self._look: tuple = (13, False, None, 8)
        self._blocks: Blocks | None = None
        self._key: tuple = ()
        self._painted: tuple = ()
        self._slots: list[tuple[int, int, int, int]] = []
        self._texture = vtkTexture()
        self._texture.SetColorModeToDirectScalars()
        self._texture.InterpolateOff()
        self.actor = vtkTexturedActor2D()
        self.actor.SetTexture(self._texture)
        self.actor.SetMapper(vtkPolyDataMapper2D())
        self.actor.SetVisibility(False)
        self._shown = True

    def set(self, places: np.ndarray, words: list[str], priority: np.ndarray | None = None, *,
            size_px: int = 13, bold: bool = False, color: Rgb | None = None, above_px: int = 8,
            blocks: Blocks | None = None) -> None:
        """`places` (n, 3) local metres; empty words show nothing; higher `priority` (n,) wins a place.

        `above_px`: from the place to the label's foot in logical pixels; where that is taken, as far below or
        a line farther. `color` tints the ink, which is light over a dark scene and dark over a light one.
        `blocks`: one for each place; what they cover is not written.
        """
        self.put(RankedPlaces(places, words, priority), size_px=size_px, bold=bold, color=color, above_px=above_px,
                 blocks=blocks)

    def put(self, ranked: RankedPlaces, *, size_px: int = 13, bold: bool = False, color: Rgb | None = None,
            above_px: int = 8, blocks: Blocks | None = None) -> None:
        """`set` with what was ranked before, beside the frames: of 300,000 that takes a tenth of a second."""
        self._ranked = ranked
        self._look, self._blocks = (size_px, bold, color, above_px), blocks
        self._key = ()

    @property
    def places(self) -> np.ndarray:
        return self._ranked.places

    @property
    def words(self) -> list[str]:
        return self._ranked.words

    def show(self, shown: bool) -> None:
        self._shown = shown
        self.actor.SetVisibility(shown and bool(self.shown))

    def camera_moved(self) -> None:
        """Place the labels for this camera; nothing is done while camera, size and neighbours stay the same."""
        taken = self.canvas.label_boxes
        camera = self.canvas.scene.GetActiveCamera()
        key = (camera.GetPosition(), camera.GetFocalPoint(), camera.GetViewUp(), camera.GetViewAngle(),
               camera.GetParallelProjection(), camera.GetParallelScale(), self.canvas.size,
               self.canvas.pixel_ratio, self.canvas.dark_scene, self.canvas.aside, tuple(taken))
        if key != self._key:
            self._key = key
            self._place(list(taken))
        taken.extend(self._slots)

    def _place(self, taken: list[tuple[float, float, float, float]]) -> None:
        ratio, (width, height) = self.canvas.pixel_ratio, self.canvas.size
        xy, candidates = self._visible()
        above, gap = round(self._look[3] * ratio), GAP_PX * ratio
        self.shown, self._slots = [], []
        boxes, count = np.zeros((len(taken) + MOST_SHOWN, 4)), len(taken)
        boxes[:count] = np.array(taken, np.float64).reshape(-1, 4)
        for index, (x, y) in zip(candidates, xy):
            rows, cols = self._picture(index).shape[:2]
            left, next_up = round(min(max(x - cols / 2, 0), width - cols)), rows + gap
            feet = (round(y + lift) for lift in (above, -above - rows, above + next_up, -above - rows - next_up))
            choices = [(left, foot, left + cols, foot + rows) for foot in feet]
            box = _free([c for c in choices if _inside(c, width, height)], boxes[:count], gap)
            if box is None:
                continue
            boxes[count], count = box, count + 1
            self.shown.append(int(index))
            self._slots.append(box)
            if len(self.shown) >= MOST_SHOWN:
                break
        self._draw()

    def _visible(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (m, 2) and indices (m,) of what is in the picture and near enough, by priority."""
        if not len(self._ranked.order):
            return np.zeros((0, 2)), self._ranked.order
        camera, forward = self.canvas.scene.GetActiveCamera(), self._forward()
        at, indices = self._ranked.seen(forward, max(6000.0, 3.0 * camera.GetDistance()), MOST_TRIED)
        if self._blocks is not None:
            indices, places = self._blocks.seen(np.array(camera.GetPosition()), indices)
            wide = self._blocks.sizes_m[indices] > LEAST_BLOCK_PX * self._pixel_m(places)
            indices, places = indices[wide], places[wide]
            at, _ = in_picture(places, forward)
            indices, at = indices[np.isfinite(at[:, 0])], at[np.isfinite(at[:, 0])]
        return (at + 1) / 2 * self.canvas.size, indices

    def _pixel_m(self, places: np.ndarray) -> np.ndarray:
        """(n,): metres that a logical pixel covers at each of these places (n, 3)."""
        camera, rows = self.canvas.scene.GetActiveCamera(), self.canvas.size[1] / self.canvas.pixel_ratio
        if camera.GetParallelProjection():
            return np.full(len(places), 2 * camera.GetParallelScale() / rows)
        away = np.linalg.norm(places - np.array(camera.GetPosition()), axis=1)
        return 2 * away * np.tan(np.radians(camera.GetViewAngle() / 2)) / rows

    def _forward(self) -> np.ndarray:
        """(4, 4): from local metres to the picture, -1 to 1."""
        width, height = self.canvas.size
        camera = self.canvas.scene.GetActiveCamera()
        matrix = camera.GetCompositeProjectionTransformMatrix(width / max(height, 1), -1, 1)
        return np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(4)])

    def _picture(self, index: int) -> np.ndarray:
        size_px, bold, color, _ = self._look
        colors = palette("dark" if self.canvas.dark_scene else "light")
        ink = blend(color, colors.ink, 0.45) if color else colors.ink
        return label_picture(self.words[index], round(size_px * self.canvas.pixel_ratio), ink, colors.halo,
                             bold, max(1, round(HALO_PX * self.canvas.pixel_ratio)),
                             min(round(WIDEST_PX * self.canvas.pixel_ratio), self.canvas.size[0] // 2))

    def _draw(self) -> None:
        self.actor.SetVisibility(self._shown and bool(self.shown))
        if not self.shown:
            return
        sheet, places = packed([self._picture(i) for i in self.shown])
        rows, cols = sheet.shape[:2]
        painted = (tuple(self.words[i] for i in self.shown), self._look, self.canvas.pixel_ratio,
                   self.canvas.dark_scene)
        if painted != self._painted:
            self._painted = painted
            image = vtkImageData()
            image.SetDimensions(cols, rows, 1)
            image.GetPointData().SetScalars(numpy_to_vtk(sheet.reshape(-1, 4), deep=True))
            self._texture.SetInputData(image)
        corners = np.array([[0, 1], [2, 1], [2, 3], [0, 3]])
        boxes = np.array(self._slots, np.float32)
        parts = np.array(places, np.float32) / np.array([cols, rows, cols, rows], np.float32)
        points = np.concatenate([boxes[:, corners].reshape(-1, 2), np.zeros((4 * len(boxes), 1))], axis=1)
        first = 4 * np.arange(len(boxes))[:, None]
        triangles = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
        self.actor.GetMapper().SetInputData(
            poly_data(points, triangles=triangles, tcoords=parts[:, corners].reshape(-1, 2)))


def _inside(box: tuple[float, float, float, float], width: int, height: int) -> bool:
    """Whether all of it lies in the picture: half a word says nothing."""
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _free(choices: list[tuple[float, float, float, float]], boxes: np.ndarray, gap: float):
    """The first of the boxes (left, foot, right, top) that comes nearer than `gap` to none of `boxes` (n, 4); or None.
    """
    if not choices:
        return None
    wide = np.array(choices)[:, None] + (-gap, -gap, gap, gap)
    clash = ((boxes[:, 0] < wide[..., 2]) & (boxes[:, 2] > wide[..., 0])
             & (boxes[:, 1] < wide[..., 3]) & (boxes[:, 3] > wide[..., 1])).any(axis=1).tolist()
    return choices[clash.index(False)] if False in clash else None


@lru_cache(maxsize=2048)
def label_picture(words: str, size_px: int, ink: Rgb, halo: Rgb, bold: bool, halo_px: int, most_px: int = 0,
                  ) -> np.ndarray:
    """A line of text with a soft halo, (rows, cols, 4) u1, row 0 at the top; no wider than `most_px`, 0 = as it is."""
    text = painting.text(without_middle(words, size_px, most_px, bold) if most_px else words, size_px, ink, bold)
    sheet = np.zeros((text.shape[0] + 2 * halo_px, text.shape[1] + 2 * halo_px, 4), np.uint8)
    sheet[..., :3] = halo
    cover = sheet[..., 3]
    rows, cols = text.shape[:2]
    for dy in range(2 * halo_px + 1):
        for dx in range(2 * halo_px + 1):
            away = np.hypot(dy - halo_px, dx - halo_px) / (halo_px + 0.5)
            if away <= 1.0:
                part = cover[dy:dy + rows, dx:dx + cols]
                np.maximum(part, (text[..., 3] * (1.0 - 0.45 * away)).astype(np.uint8), out=part)
    painting.paste(sheet, text, halo_px, halo_px)
    return sheet


def packed(pictures: list[np.ndarray]) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """One sheet (row 0 at the foot) and each picture's left, foot, right, top in it."""
    width = max(SHEET_WIDTH, max(p.shape[1] for p in pictures))
    places, left, foot, tall = [], 0, 0, 0
    for picture in pictures:
        rows, cols = picture.shape[:2]
        if left + cols > width:
            left, foot, tall = 0, foot + tall, 0
        places.append((left, foot, left + cols, foot + rows))
        left, tall = left + cols, max(tall, rows)
    sheet = np.zeros((foot + tall, width, 4), np.uint8)
    for picture, (x0, y0, x1, y1) in zip(pictures, places):
        sheet[y0:y1, x0:x1] = picture[::-1]
    return sheet, places
