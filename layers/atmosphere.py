"""Light, sky, haze and the far ground: what the sun's place and the theme do to the whole scene.

Models use one light set: the sun (or the soft light of night), the sky from straight above, and a weak fill
from the camera. Haze is a piece of shader on every actor of the scene; where shaders cannot be extended it is
left out, and the far ground is painted in the haze's colour instead.
"""

from __future__ import annotations

import logging

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkLight, vtkTexture

from layers.base import Moment
from layers.canvas import Canvas
from layers.daylight import Air, air_of, is_dark, light_toward
from layers.ground_shading import AMBIENT, set_shade, takes_shade, texture_of
from layers.palette import blend, palette, unit
from layers.shading import ambient_of, apply_haze, remove_haze, set_air
from layers.sky import Dome, FarGround
from layers.wall_shading import set_sun, shade_texture, takes_sun
from twin.data import Bounds
from twin.ground import Ground
from twin.shade import Shade

log = logging.getLogger("citytwin")

DARK_SHADOW = 0.5                              # power of the sun's share there: 0.45 of the light becomes 0.67
WRONG_DEG = 10.0               # a shade whose sun stands farther from the present one is not shown
UNKNOWN = 0.06                                 # how much darker than terrain the ground is that no data describe
SHADE_FADES_M, SHADE_GONE_M = 4000.0, 9000.0   # distance of what the camera looks at
START, REACH = 1.1, 2.4                        # of the clear distance: where haze begins, and its depth


class Atmosphere:
    """The air of `canvas.scene`. The stage calls `update` every frame and `camera_moved` before a render."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self.air: Air | None = None
        self.shaders_work = True
        self.shade: Shade | None = None
        self._shade_texture = texture_of(np.full((1, 1, 4), 255, np.uint8))
        self._textures: list[tuple[Shade, vtkTexture]] = []  # of the two last shades: a picture has two sides
        self._seen: tuple = ()
        self._floor: tuple = ()
        self._actors: dict[vtkActor, tuple] = {}             # hazed actor -> the air that it was told of
        self._watching = False
        self._build()

    def _build(self) -> None:
        scene = self.canvas.scene
        scene.AutomaticLightCreationOff()
        self.sun, self.above, self.fill = vtkLight(), vtkLight(), vtkLight()
        self.sun.SetLightTypeToSceneLight()
        self.above.SetLightTypeToSceneLight()
        self.above.SetPosition(0, 0, 1)
        self.above.SetFocalPoint(0, 0, 0)
        self.fill.SetLightTypeToHeadlight()
        for light in (self.sun, self.above, self.fill):
            light.PositionalOff()
            scene.AddLight(light)
        self.dome, self.far_ground = Dome(), FarGround()
        for actor in (self.dome.actor, self.far_ground.actor):
            scene.AddViewProp(actor)

    # -- every frame -------------------------------------------------------------------------------

    def update(self, moment: Moment, bounds: Bounds | None, ground: Ground) -> bool:
        """Follow sun, theme and what is drawn. True when the picture changes."""
        dirty = self._place_far_ground(bounds, ground)
        if not self.shaders_work and self._actors:
            self._give_up_haze()
            dirty = True
        seen = (moment.sun, moment.theme)
        if seen != self._seen:
            self._seen = seen
            self._light(moment)
            dirty = True
        if moment.shade is not self.shade:
            self.shade = moment.shade
            if self.shade is not None:
                self._shade_texture = self._texture_of(self.shade)
            dirty = True
        return dirty

    def _texture_of(self, shade: Shade) -> vtkTexture:
        held = next((texture for of, texture in self._textures if of is shade), None) or shade_texture(shade)
        self._textures = [(shade, held), *((of, texture) for of, texture in self._textures if of is not shade)][:2]
        return held

    def _light(self, moment: Moment) -> None:
        air = self.air = air_of(moment.sun, moment.theme)
        toward = light_toward(moment.sun)
        self.sun.SetPosition(*toward)
        self.sun.SetFocalPoint(0, 0, 0)
        for light, color, strength in ((self.sun, air.sun, air.sun_strength),
                                       (self.above, air.above, air.above_strength),
                                       (self.fill, (1.0, 1.0, 1.0), air.fill_strength)):
            light.SetColor(*color)
            light.SetIntensity(strength)
        self.canvas.dark_scene = is_dark(moment.sun, moment.theme)
        self.dome.paint(air, moment.sun.toward)
        self.canvas.scene.SetBackground(*air.haze)
        self._paint_far_ground(moment.theme)

    def _paint_far_ground(self, theme: str) -> None:
        look, colors = self.far_ground.actor.GetProperty(), palette(theme)
        near = unit(blend(blend(colors.ground, colors.haze, 0.35), (0, 0, 0), UNKNOWN))
        look.SetColor(*(near if self.shaders_work else self.air.haze))
        look.SetLighting(self.shaders_work)

    def _place_far_ground(self, bounds: Bounds | None, ground: Ground) -> bool:
        floor = (bounds[2] if bounds else None, tuple(map(id, ground.surfaces)))
        if floor == self._floor:
            return False
        self._floor = floor
        lows = [float(np.nanmin(s.grid.heights)) * s.exaggeration + s.offset_m
                for s in ground.surfaces if np.isfinite(s.grid.heights).any()]
        self.far_ground.height_m = (min(lows) if lows else min(0.0, bounds[2]) if bounds else 0.0) - 0.5
        return True

    # -- before a render ---------------------------------------------------------------------------

    def camera_moved(self) -> None:
        """Sky and far ground follow the camera; the haze begins behind what it looks at."""
        camera = self.canvas.scene.GetActiveCamera()
        eye, far = camera.GetPosition(), camera.GetClippingRange()[1]
        self.dome.follow(eye, far)
        self.far_ground.follow(eye, far)
        if self.air and self.shaders_work:
            self._haze(clear_m(eye[2] - self.far_ground.height_m, camera.GetDistance()))

    def _haze(self, clear: float) -> None:
        self._watch()
        present = self._scene_actors()
        air, far = self.air, (clear * START, clear * REACH)
        seen, share = shade_seen(self.canvas.camera().distance), self._sun_share()
        sun = self._seen[0]
        light = tuple(seen * self.air.sun_strength * part for part in self.air.sun) if share else (0.0, 0.0, 0.0)
        shaded, drawn = (id(self.shade), share, seen, sun), {}
        for actor in present:
            if not actor.GetVisibility():                    # hundreds of tiles are kept that nobody sees
                drawn[actor] = self._actors.get(actor)
                continue
            told = (air.haze, ambient_of(actor, air.ambient), *far)
            drawn[actor] = (told, shaded)
            before = self._actors.get(actor)
            if before is None:
                apply_haze(actor)
            if before is None or before[0] != told:
                set_air(actor, *told)
            if before is None or before[1] != shaded:
                if takes_shade(actor):
                    set_shade(actor, self._shade_texture, self.shade, share, seen)
                if takes_sun(actor):
                    set_sun(actor, self._shade_texture, self.shade, sun, light, share * seen)
        self._actors = drawn

    def _sun_share(self) -> float:
        """How much of the light on flat ground is the sun's own, so that a shadow is as dark as it should be; darker
        over the dark theme's ground, on which the eye would miss it. None while the shade is that of another sun: a
        shadow is rather not there than where it was at another time.
        """
        baked = self.shade.baked_for if self.shade is not None else None
        if baked is not None and baked.apart_deg(self._seen[0]) > WRONG_DEG:
            return 0.0
        sun = self.air.sun_strength * max(light_toward(self._seen[0])[2], 0.0)
        rest = AMBIENT / 0.8 * self.air.ambient[1] + self.air.above_strength + 0.4 * self.air.fill_strength
        share = sun / (sun + rest) if self._seen[0].elevation_deg > 0 else 0.0
        return share if self.canvas.theme == "light" else share ** DARK_SHADOW

    def _scene_actors(self) -> list[vtkActor]:
        props = self.canvas.scene.GetViewProps()
        every = (props.GetItemAsObject(i) for i in range(props.GetNumberOfItems()))
        return [x for x in every if isinstance(x, vtkActor) and x is not self.dome.actor]

    def _watch(self) -> None:
        """A driver that refuses the shader says so through the window's shader cache."""
        cache = getattr(self.canvas.window, "GetShaderCache", lambda: None)()
        if cache and not self._watching:
            cache.AddObserver("ErrorEvent", self._refused)
            self._watching = True

    def _refused(self, *_) -> None:
        self.shaders_work = False

    def _give_up_haze(self) -> None:
        log.warning("The graphics driver refused the haze shader: the picture goes without haze.")
        for actor in self._actors:
            remove_haze(actor)
        self._actors.clear()
        self._paint_far_ground(self._seen[1])


def shade_seen(distance_m: float) -> float:
    """1 near, 0 from afar: the baked square would be a stain in a picture of the whole district."""
    return min(1.0, max(0.0, (SHADE_GONE_M - distance_m) / (SHADE_GONE_M - SHADE_FADES_M)))


def clear_m(above_ground_m: float, distance_m: float) -> float:
    """How far the air is clear: with the height of the eye and the distance of what it looks at, at least 300 m.

    A camera low over the ground may look at a focus kilometres away; the haze then goes by its height.
    """
    above = abs(above_ground_m)
    return max(2.0 * above + 300.0, 0.8 * min(distance_m, 8.0 * above + 1500.0))
