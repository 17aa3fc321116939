"""The renderers that visuals draw into: the lit scene, what lies over it, and the flat hud.

Overlays have their own renderer layer, so that effects of the scene never darken points and labels
(LOOK). All share one camera; the overlay keeps the scene's depth, so what stands behind a house is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import vtkmodules.vtkRenderingContextOpenGL2
import vtkmodules.vtkRenderingFreeType
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers the OpenGL backend
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from layers.drawn_ground import DrawnGround
from twin.camera import Camera


class Canvas:
    """`scene` (layer 0), `overlay` (layer 1, shares camera and depth), `hud` (layer 2, pixels)."""

    def __init__(self, window: vtkRenderWindow):
        self.window = window
        window.SetMultiSamples(0)                    # MSAA with depth peeling is wrong on Mesa
        window.SetNumberOfLayers(3)
        self.scene = vtkRenderer()
        self.overlay = vtkRenderer()
        self.hud = vtkRenderer()
        for layer, renderer in enumerate((self.scene, self.overlay, self.hud)):
            renderer.SetLayer(layer)
            renderer.SetInteractive(layer == 0)
            renderer.SetUseOIT(False)                # what is see-through blends in the order of the list
            window.AddRenderer(renderer)
        self.overlay.SetActiveCamera(self.scene.GetActiveCamera())
        self.overlay.PreserveDepthBufferOn()
        self.overlay.UseFXAAOn()                     # smooths scene and overlay in one pass, before texts
        self.label_boxes: list[tuple[float, float, float, float]] = []     # taken in this frame, device pixels
        self.hud_boxes: list[tuple[float, float, float, float]] = []       # what legends and the like stand on
        self.theme = "light"
        self.dark_scene = False                      # night or dark theme: labels turn light
        self.pixel_ratio = 1.0                       # device pixels per logical pixel
        self.ground = DrawnGround(self)              # terrain in tiles, with imagery painted on it
        self._software_gl: bool | None = None
        self.shader_tables: bool | None = None       # None = not tried yet (layers/colour_table.py)
        self.aside = 0.0                             # of half the width, how far the picture's middle is from its focus
        self.in_turn = False                         # two pictures are drawn in turn, for a comparison
        self.at_once = True                          # whoever draws waits for what takes long (layers/beside.py)
        self.hurried = False                         # the camera moves and full frames are slow: some things wait

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in device pixels."""
        return tuple(self.window.GetSize())

    def look_aside(self, share: float) -> None:
        """Move the picture to the left by a share of half its width, without turning the camera."""
        if share != self.aside:
            self.aside = share
            self.scene.GetActiveCamera().SetWindowCenter(share, 0.0)

    @contextmanager
    def part(self, left: float, right: float) -> Iterator[None]:
        """Draw only what lies between two shares of the width, where and as large as it is in the whole picture."""
        share, camera = right - left, self.scene.GetActiveCamera()
        props = self.overlay.GetViewProps()
        over = (props.GetItemAsObject(n) for n in range(props.GetNumberOfItems()))
        labels = [prop for prop in over if prop.IsA("vtkActor2D")]
        for renderer in (self.scene, self.overlay):
            renderer.SetViewport(left, 0.0, right, 1.0)
        camera.SetWindowCenter((self.aside + left + right - 1.0) / share, 0.0)
        for label in labels:                                           # their pixels count from the part's corner
            label.SetPosition(-round(left * self.size[0]), 0)
        try:
            yield
        finally:
            for renderer in (self.scene, self.overlay):
                renderer.SetViewport(0.0, 0.0, 1.0, 1.0)
            camera.SetWindowCenter(self.aside, 0.0)
            for label in labels:
                label.SetPosition(0, 0)

    def hurry(self, hurried: bool) -> None:
        """Trees and smoothing wait until the camera rests; visuals look at `hurried` in `camera_moved`."""
        self.hurried = hurried
        self.overlay.SetUseFXAA(not hurried)

    @property
    def software_gl(self) -> bool:
        """Whether there is no graphics card; False until a first render tells."""
        if self._software_gl is None and not self.window.GetNeverRendered():
            told = self.window.ReportCapabilities().lower()
            self._software_gl = any(name in told for name in ("llvmpipe", "softpipe", "swiftshader"))
        return bool(self._software_gl)

    @property
    def has_card(self) -> bool:
        """Whether a first render told that there is a graphics card."""
        return not self.window.GetNeverRendered() and not self.software_gl

    def camera(self) -> Camera:
        active = self.scene.GetActiveCamera()
        return Camera(position=active.GetPosition(), focus=active.GetFocalPoint(), up=active.GetViewUp(),
                      view_angle_deg=active.GetViewAngle(),
                      parallel_m=2 * active.GetParallelScale() if active.GetParallelProjection() else 0.0)

    def set_camera(self, camera: Camera) -> None:
        active = self.scene.GetActiveCamera()
        active.SetPosition(camera.position)
        active.SetFocalPoint(camera.focus)
        active.SetViewUp(camera.up)
        active.SetViewAngle(camera.view_angle_deg)
        active.SetParallelProjection(camera.parallel_m > 0)
        if camera.parallel_m > 0:
            active.SetParallelScale(camera.parallel_m / 2)
