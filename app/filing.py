"""Opening, saving, placing: what the window does with the project file and with the frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app import adding, beginnings, dialogs, recovery, settings
from app.opening import Opening
from app.shift_question import ShiftQuestion
from app.start_question import StartQuestion, question_of
from app.stored_question import StoredQuestion
from twin.autosave import is_held
from twin.data import Mesh
from twin.document import Document
from twin.layer import Unread
from twin.placing import place_of, standing_on
from twin.project import SUFFIX, Project
from twin.text import language, tr
from twin.trouble import Trouble


class Filing:
    """Asks before anything is lost; every failure is a notice."""

    def __init__(self, window, state_folder: Path | None = None):
        self.window, self.session = window, window.session
        self.state_folder = state_folder or settings.state_folder()
        self.autosave = recovery.Autosave(self.session, self.state_folder)
        self.opening = Opening(self.session, window.viewport.centre_point, window.tell, self._arrived)
        self.opening.check = self.choose_crs
        self.opening.withdraw = window.notices.withdraw
        self.opening.placed = window.viewport.frame_again
        self.shifts = ShiftQuestion(self.session, window.tell, self.choose_crs)
        self.starts = StartQuestion(self.session, window.tell, lambda title, text: dialogs.ask_text(
            window, title, tr("Local time, for example 2026-07-15 08:30"), text))
        self.stored = StoredQuestion(self.session, window.tell)

    def refresh(self) -> None:
        self.opening.refresh()
        self.shifts.refresh()
        self.starts.refresh()
        self.stored.refresh()
        self.autosave.refresh(self.window.viewport.camera())

    def name(self) -> str:
        """Of the project, in the present language; of its file where it has no name of its own."""
        document, path = self.session.document, self.session.path
        own = document.name_zh if language() == "zh" and document.name_zh else document.name
        if own and own != Document().name:
            return own
        return path.name.removesuffix(SUFFIX) if path else tr("Untitled")

    def title(self, mark: str = "") -> str:
        """The project's name, a `mark` ("[*]" of Qt: that it is changed), and the name of its file where it differs."""
        name, path = self.name(), self.session.path
        file = path.name if path and path.name.removesuffix(SUFFIX) != name else ""
        return f"{name}{mark} · {file}" if file else name + mark

    # -- opening -----------------------------------------------------------------------------------------

    def new(self) -> bool:
        if not self.may_leave():
            return False
        self.autosave.forget()
        self._become(Project(document=Document()))
        return True

    def open_project(self, path: Path) -> bool:
        """True when the project is shown. What was unsaved is asked for first."""
        if not self.may_leave():
            return False
        try:
            from twin.project import load
            project = recovery.recovered(path) if path.name.endswith(".autosave.json") else load(path)
        except Trouble as trouble:
            self._not_opened(path, trouble)
            return False
        self.autosave.forget()
        self._become(project)
        if project.path:
            self.window.remember(recent=self.window.settings.with_recent(project.path.absolute()).recent)
        self.offer_recovery()
        return True

    def _not_opened(self, path: Path, trouble: Trouble) -> None:
        """With the way to the autosaved copy, where there is one."""
        from twin.autosave import autosave_path
        copy = autosave_path(path, self.state_folder)
        if copy == path or not copy.exists():
            self.window.tell(str(trouble), "error")
            return
        self.window.tell(f"{trouble} " + tr("An autosaved copy of it lies at {path}.", path=str(copy)), "error",
                         ((tr("Open the autosaved copy"), lambda: self.open_project(copy)),))

    def _become(self, project: Project) -> None:
        self.window.notices.clear()                      # they are of layers that are no longer there
        self.session.become(project)
        self.window.viewport.home_pending = True

    def offer_recovery(self) -> None:
        """A copy that is newer than the project was left by a crash."""
        copy = recovery.left_over(self.session.path, self.state_folder)
        if copy is None:
            return
        if is_held(copy):
            self.window.tell(tr("“{name}” is open in another window, with changes that are not saved: what is saved "
                                "last stays.", name=self.title()), "warning")
            return
        self.window.tell(tr("citytwin was not closed properly. Unsaved changes to “{name}” were kept.",
                            name=self.title()), "warning",
                         ((tr("Recover"), lambda: self._recover(copy)),
                          (tr("Discard"), lambda: copy.unlink(missing_ok=True))))

    def _recover(self, copy: Path) -> None:
        try:
            recovery.become(self.session, copy)
            self.window.viewport.home_pending = True
        except Trouble as trouble:
            self.window.tell(str(trouble), "error")

    def _arrived(self, ids: list[str], first: bool) -> None:
        """New layers: select them, and go there when they are the first."""
        self.window.layers.choose(ids)
        if first:
            self.window.viewport.home_pending = True

    # -- saving ------------------------------------------------------------------------------------------

    def save(self) -> bool:
        return self._write(self.session.path) if self.session.path else self.save_as()

    def save_as(self) -> bool:
        folder = str(self.session.path.parent) if self.session.path else self.window.settings.folder
        path = dialogs.save_file(self.window, folder, self.name() + SUFFIX, tr("Projects") + f" (*{SUFFIX})")
        if path is None:
            return False
        if not path.name.endswith(SUFFIX):
            path = path.with_name(path.name.removesuffix(".json") + SUFFIX)
        return self._write(path)

    def _write(self, path: Path) -> bool:
        copy_of = recovery.autosave_path(self.session.path, self.state_folder)
        try:
            self.session.save(path, self.window.viewport.camera())
        except Trouble as trouble:
            self.window.tell(str(trouble), "error")
            return False
        copy_of.unlink(missing_ok=True)
        self.autosave.forget()
        self.window.remember(recent=self.window.settings.with_recent(path.absolute()).recent, folder=str(path.parent))
        words = "Saved as it is without the story that plays: {path}" if self.session.beneath else "Saved: {path}"
        self.window.status.tell(tr(words, path=str(path)))
        return True

    def may_leave(self) -> bool:
        """True when nothing would be lost, or the user saved or gave it up."""
        if not self.session.dirty:
            return True
        answer = dialogs.ask_to_save(self.window, self.title())
        return self.save() if answer == "save" else answer == "discard"

    # -- layers and the frame ------------------------------------------------------------------------------

    def act(self, command: str, id: str) -> None:
        """What a row of the layer panel asks for."""
        if command == "open":
            from app.commands.files import ask_open
            ask_open(self.window)
        elif command == "sample":
            from app.sampling import open_sample
            open_sample(self.window)
        elif command == "inspect":
            self.window.docking.uncover("inspector")
        elif command == "heights":
            from app.panels.heights_dialog import ask
            ask(self.window, self.session, id)
        elif command == "near":
            self.show_near(id)
        elif command == "find":
            from app.relinking import find
            find(self.window, id)
        else:
            {"place": self.place, "move": self.move_project, "reload": self.reload,
             "crs": self.choose_crs}[command](id)

    def show_near(self, id: str) -> None:
        """Of a layer whose sensors lie here and far away."""
        from app.far_places import area_of
        layer, asset = self.session.document.layer(id), self.session.held(id)
        area = area_of(layer, asset.payload) if layer and asset and asset.payload else None
        if area:
            self.window.viewport.zoom_to_area(*area)

    def reload(self, id: str) -> None:
        layer, document = self.session.document.layer(id), self.session.document
        if isinstance(layer, Unread):
            self.opening.reread(layer)
        elif layer is not None and layer.source:
            self.session.assets.reload(layer, document.frame, document.time_zone)

    def choose_crs(self, id: str, crs: str = "") -> None:
        """Which system a layer's numbers are in, where its file does not say or says it wrongly; `crs` is supposed."""
        from app.panels.coordinates_dialog import CoordinatesDialog
        layer = self.session.document.layer(id)
        if layer is not None and layer.source is not None:
            CoordinatesDialog(self.window, self.session, layer, self.window.viewport, crs).show()

    def choose_start(self, id: str) -> None:
        """When a recording began whose times count from its start."""
        before = self.session.document.layer(id)
        beginnings.change(self.session, id, self.window.tell, lambda present: dialogs.ask_line(
            self.window, tr("When does it begin?"),
            tr("Local time, for example 2026-07-15 08:30; empty = as the file says"), present))
        if self.session.document.layer(id) != before:
            self.window.notices.withdraw(question_of(before))

    def place(self, id: str) -> None:
        """The next click in the scene is where the layer stands; Escape leaves it."""
        self.window.tell(tr("Click where it stands. Escape cancels."))
        self.window.viewport.pick_once(lambda point: self._placed(id, point))
        self.window.viewport.setFocus()

    def _placed(self, id: str, point) -> None:
        self.window.notices.withdraw(tr("Click where it stands. Escape cancels."))
        layer, document = self.session.document.layer(id), self.session.document
        if point is None or layer is None:
            return
        asset = self.session.asset(id)
        mesh = asset.payload if asset and isinstance(asset.payload, Mesh) else None
        placement = (standing_on(mesh, document.frame, point, place_of(layer, mesh)) if mesh is not None
                     else adding.placement_at(document.frame, point, layer.placement))
        self.session.edits.commit(document.with_layer(replace(layer, placement=placement)), "Place")
        self.session.edits.seal()

    def move_project(self, id: str) -> None:
        """Put the project's frame where a layer lies."""
        layer, document, asset = self.session.document.layer(id), self.session.document, self.session.asset(id)
        payload = asset.payload if asset else None
        centre = adding.centre_of(layer, payload, document.frame) if layer and payload is not None else None
        if centre is None:
            self.window.tell(tr("It is not loaded yet, or has no place."), "warning")
            return
        try:
            moved = adding.moved_to(document, centre, payload.crs)
        except Trouble as trouble:
            self.window.tell(str(trouble), "error")
            return
        self.session.edits.commit(moved, "Move the project")
        self.session.edits.seal()
        self.window.viewport.home_pending = True
