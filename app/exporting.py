"""Export of the selection from the window: by the suffix of the file, in a worker, beside everything else."""

from __future__ import annotations

from pathlib import Path

from app import file_dialog, viewpoints
from app.panels import model_actions as actions
from bim.export import LOCAL, WORLD, Choice
from twin.layer import Layer
from twin.placing import matrix_of, place_of
from twin.text import tr

# Suffix and coordinates of each kind of file that is offered.
KINDS = {"glTF, in the model's own metres": (".glb", LOCAL), "glTF, where it stands in the project": (".glb", WORLD),
         "glTF as text": (".gltf", LOCAL), "IFC, at its place": (".ifc", LOCAL),
         "Table of all properties": (".csv", LOCAL), "Picture": (".png", LOCAL)}
STALL_SECS = 900.0


class Exporting:
    """Jobs that write; each says in a notice what came of it."""

    def __init__(self, window):
        self.window, self.session = window, window.session
        self._jobs: list = []

    def ask(self) -> None:
        filters = {f"{tr(words)} (*{suffix})": (suffix, place) for words, (suffix, place) in KINDS.items()}
        folder, name = self.window.settings.folder, tr("selection")
        path, chosen = file_dialog.new_file(self.window, tr("Export selection"), str(Path(folder) / name),
                                             ";;".join(filters))
        if path:
            suffix, place = filters.get(chosen, (Path(path).suffix.lower(), LOCAL))
            known = Path(path).suffix.lower() in {s for s, _ in KINDS.values()}
            self.export(Path(path) if known else Path(path + suffix), place)

    def export(self, out: Path, coordinates: str = LOCAL) -> None:
        """The selected elements; those of several models go into a file each."""
        self.window.remember(folder=str(out.parent))
        selected = actions.chosen(self.session)
        for id, features in selected.items():
            layer = self.session.document.layer(id)
            to = out if len(selected) == 1 else out.with_name(f"{out.stem}-{_plain(layer.name)}{out.suffix}")
            self._start(layer, self._guids(id, features), to, coordinates)

    def _guids(self, id: str, features) -> tuple[str, ...]:
        import pyarrow as pa
        held = self.session.asset(id).payload.features.column("guid").take(pa.array(features))
        return tuple(guid for guid in held.to_pylist() if guid)

    def _start(self, layer: Layer, guids: tuple[str, ...], out: Path, coordinates: str) -> None:
        jobs, label = self.session.jobs, tr("Exporting {name}", name=out.name)
        if out.suffix.lower() == ".png":
            from app.render import picture_of
            job = jobs.start(picture_of, layer.source.path, str(out), guids, self.session.theme, label=label,
                             path=str(out), stall_secs=STALL_SECS)
        else:
            from bim.export import export
            job = jobs.start(export, layer.source.path, str(out), self._choice(layer, guids, coordinates),
                             label=label, path=str(out), stall_secs=STALL_SECS)
        self._jobs.append(job)

    def _choice(self, layer: Layer, guids: tuple[str, ...], coordinates: str) -> Choice:
        choice = Choice(guids=guids, crs=layer.source.crs, coordinates=coordinates)
        mesh = viewpoints.mesh_of(self.session, layer)
        if coordinates != WORLD or mesh is None:
            return choice
        frame = self.session.document.frame
        matrix = matrix_of(mesh, place_of(layer, mesh), frame, layer.height_offset_m)
        return Choice(guids=guids, crs=layer.source.crs, coordinates=coordinates, frame=frame, matrix=matrix.tolist())

    def refresh(self) -> None:
        for job in [job for job in self._jobs if not job.active]:
            self._jobs.remove(job)
            if job.error:
                self.window.tell(str(job.error), "error")
            elif job.result:
                self.window.tell(tr("{n} elements were exported: {path}", n=f"{job.result['elements']:,}",
                                    path=str(job.result["out"])), together=exported_together)


def exported_together(n: int) -> str:
    return tr("{n} files were exported", n=n)


def _plain(name: str) -> str:
    """A name as a part of a file's name."""
    return "".join(c if c.isalnum() or c in "-_ " else "_" for c in name).strip() or "model"
