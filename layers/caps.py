"""The cut faces of a solid as actors: hatched in the elements' own colours, picked like the rest."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPlane
from vtkmodules.vtkRenderingCore import vtkActor

from layers.canvas import Canvas
from layers.colour_table import LINE, ColourTable, Extra
from layers.geometry import actor_of, poly_data
from layers.pick import crossings
from layers.sections import Cap, kept

HATCH_PX, INK = 7.0, 0.55
_HATCH = Extra(paint=f"""  if (mod(gl_FragCoord.x + gl_FragCoord.y, {HATCH_PX}) < 1.3) {{
    ambientColor *= {INK};
    diffuseColor *= {INK};
  }}
""")


class Caps:
    """One face and one outline actor per plane; `place(actor)` puts an actor into the scene, `drop` takes it out."""

    def __init__(self, canvas: Canvas, place, drop):
        self.canvas, self._place, self._drop = canvas, place, drop
        self.table: ColourTable | None = None
        self.actors: list[vtkActor] = []
        self.faces: list[tuple[Cap, np.ndarray]] = []        # with the other planes, in the mesh's axes

    def show(self, caps: list[Cap | None], planes: np.ndarray, world: np.ndarray, rgba: np.ndarray) -> None:
        """`planes` (k, 4) in the mesh's axes, `world` the same where the actors stand. A cap ends at the others.

        `rgba` (features, 4) u1.
        """
        self.clear()
        self.table = ColourTable(self.canvas, len(rgba))
        for at, face in enumerate(caps):
            if face is None:
                continue
            others = np.delete(np.arange(len(planes)), at)
            self.faces.append((face, planes[others]))
            for cells, role in ((face.triangles, "solid"), (face.edges, LINE)):
                if len(cells):
                    actor = self._actor(face, cells, role)
                    clip(actor, world[others])
                    self.actors.append(actor)
        self.table.set(rgba)

    def paint(self, rgba: np.ndarray) -> None:
        """(features, 4) u1; features that came later are cut by nothing yet."""
        if self.actors:
            self.table.set(rgba[:self.table.count])

    def _actor(self, face: Cap, cells: np.ndarray, role: str) -> vtkActor:
        data = poly_data(face.points)
        actor = actor_of(data, lit=False)
        actor.GetProperty().SetAmbient(0.0)
        actor.GetProperty().SetDiffuse(0.3 if role == LINE else 0.92)
        self.table.attach(actor, data, face.feature, cells, role=role, extra=_HATCH if role != LINE else Extra())
        return self._place(actor)

    def clear(self) -> None:
        for actor in self.actors:
            self._drop(actor)
        self.actors, self.faces, self.table = [], [], None

    def corners(self) -> list[np.ndarray]:
        """Of each face, (n, 3) f4 as far as the other planes leave it."""
        return [face.points[kept(face.points, others)] for face, others in self.faces]

    def pick(self, start: np.ndarray, end: np.ndarray, drawn: np.ndarray) -> tuple[float, int] | None:
        """(share of the way, feature) of the nearest cut face."""
        best = None
        for face, others in self.faces:
            mine = face.triangles[drawn[face.feature[face.triangles[:, 0]]]]
            if not len(mine):
                continue
            share = crossings(face.points[mine].astype(np.float64), start, end - start)
            hit = np.isfinite(share)
            hit[hit] = kept(start + share[hit, None] * (end - start), others)
            if hit.any():
                first = int(np.argmin(np.where(hit, share, np.inf)))
                found = (float(share[first]), int(face.feature[mine[first, 0]]))
                best = min(best, found) if best else found
        return best


def clip(actor: vtkActor, planes: np.ndarray) -> None:
    """Draw only what lies on the kept side of these planes (k, 4), told where the actor stands."""
    mapper = actor.GetMapper()
    mapper.RemoveAllClippingPlanes()
    for n_x, n_y, n_z, d in planes:
        plane = vtkPlane()
        plane.SetNormal(-n_x, -n_y, -n_z)
        plane.SetOrigin(n_x * d, n_y * d, n_z * d)
        mapper.AddClippingPlane(plane)
