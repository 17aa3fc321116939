"""Opening while the window lives: files are inspected in workers, then come in as one edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from app import adding, siting
from app.federation import apart_again
from app.rejudging import News
from app.session import Session
from app.shifted_parts import ShiftedParts
from app.whereabouts import box_of, like_city_grid, mislabelled, shifted_like
from twin.edits import Edits
from twin.frame import crs_label
from twin.jobs import CANCELLED, Job
from twin.layer import Unread
from twin.readers import Info
from twin.text import language, tr

Point = tuple[float, float, float]
ISSUES = (".bcf", ".bcfzip")              # topics about models: no layer
DOUBTED = ("vectors", "zones", "city", "networks", "terrain", "imagery")
ADDING = "adding"                         # the merge key of files that come in, and of what follows from it


@dataclass
class _Batch:
    """Files that were opened together. `instead` is the row that a reload replaces."""

    jobs: list[Job]
    edits: Edits                          # of the project they were opened in
    at: Callable[[], Point]
    unknown: int = 0
    instead: str = ""


class Opening:
    """Started by gestures, finished by the tick (`refresh`). `tell(text, …)` shows a notice."""

    def __init__(self, session: Session, at_point: Callable[[], Point], tell: Callable[[str], None],
                 arrived: Callable[[list[str], bool], None]):
        self.session, self.at_point, self.tell, self.arrived = session, at_point, tell, arrived
        self.check: Callable[..., None] = lambda id, crs="": None     # shows where a layer may lie, `crs` chosen
        self.placed: Callable[[], None] = lambda: None        # new buildings were put where they belong
        self.withdraw: Callable[[str], None] = lambda words: None     # takes a notice away
        self.parts = ShiftedParts(session, self._doubt_place, lambda *where: self.check(*where))
        self._batches: list[_Batch] = []
        self._judged_again: dict[str, News] = {}               # what was told
        self._doubted: dict[str, tuple] = {}                  # words that were told -> (layer, its source then)
        self._fresh: set[str] = set()                         # new layers that may be shifted: looked at once read
        self._unplaced: dict[str, tuple[Edits, Point]] = {}    # new buildings: where they stand if they do not say

    @property
    def busy(self) -> bool:
        return bool(self._batches)

    def add(self, paths: Iterable[Path | str], at: Point | None = None) -> None:
        """Add files and the readable files of folders as layers (projects are the window's affair)."""
        paths = [Path(path) for path in paths]
        files, unknown = adding.files_among(paths)
        if not files and not unknown and paths:
            self.tell(tr("There is nothing in this folder: {path}", path=str(paths[0])))
        jobs = [adding.begin(self.session.jobs, path, self.session.document) for path in files]
        self._batches.append(_Batch(jobs, self.session.edits, (lambda: at) if at else self.at_point, unknown))

    def reread(self, layer: Unread) -> None:
        """Look at a file again that was not recognised: it may have been mended."""
        job = adding.begin(self.session.jobs, Path(layer.source.path), self.session.document)
        self._batches.append(_Batch([job], self.session.edits, self.at_point, instead=layer.id))

    def refresh(self) -> None:
        """Commit every batch whose files are all known, one edit each; place the buildings that do not say where."""
        for batch in [b for b in self._batches if not any(job.active for job in b.jobs)]:
            self._batches.remove(batch)
            if batch.edits is self.session.edits:              # else another project was opened meanwhile
                self._commit(batch)
        for id in siting.lowest_first(self.session, self._unplaced):
            self._place(id)
        for id in list(self._fresh):
            self._compare(id)
        self.parts.refresh()
        self._forget_settled()
        self._tell_judged_again()

    def _tell_judged_again(self) -> None:
        """Once for every model that another place fits better since something else was loaded."""
        news = self.session.rejudging.news
        for id in [id for id in news if self._judged_again.get(id) != news[id]]:
            def look(id=id) -> None:
                self.session.current_layer = id
            name = self.session.document.layer(id).title(language())
            self.tell(tr("What was loaded since speaks against the place of {name}.", name=name), "warning",
                      ((tr("Show its place"), look),), doubted_together)
        self._judged_again = dict(news)

    def _place(self, id: str) -> None:
        """Once a new building and all around it is read: by its best source or in the view, in the same undo step."""
        edits, at = self._unplaced[id]
        asset = self.session.asset(id) if edits is self.session.edits else None
        if asset is None or (asset.job is None and asset.payload is None):
            del self._unplaced[id]
        elif not self.session.assets.loading:
            del self._unplaced[id]
            if document := siting.sited(self.session, id, at, lambda words: self.tell(words, together=placed_together)):
                edits.commit(document, "Add layers", merge=ADDING)
            edits.commit(apart_again(self.session, edits.document), "Add layers", merge=ADDING)
            self.placed()

    def _commit(self, batch: _Batch) -> None:
        founds = [adding.found_of(job) for job in batch.jobs if job.state != CANCELLED]
        first = adding.is_empty(self.session.document)
        before = self.session.document
        if batch.instead:
            if any(found.error for found in founds):
                return self._again(batch.instead)
            before = before.without([batch.instead])
        document, ids = adding.added(before, founds)
        document = adding.in_time_of_place(document) if first else document
        if ids:
            at = (0.0, 0.0, 0.0) if first else batch.at()
            self.session.edits.seal()
            self.session.edits.commit(document, "Reload" if batch.instead else "Add layers", merge=ADDING)
            self._unplaced |= {id: (batch.edits, at) for id in ids if document.layer(id).kind == "building"}
            self.arrived(ids, first)
            self._doubt(document, ids, founds)
            if document.time_zone != before.time_zone:
                self.tell(tr("The project keeps the time of {zone} now, as its place lies there; another can be chosen "
                             "at the clock.", zone=document.time_zone))
            self._fresh |= {id for id in ids if document.layer(id).kind in DOUBTED}
        if batch.unknown:
            self.tell(tr("{n} files of the folder are of a kind that is not read; they were left out.",
                         n=batch.unknown))

    def _compare(self, id: str) -> None:
        """Once all is read: does it, or a part of it, lie aside from what is there as a Chinese web map shifts? Told,
        never applied.
        """
        asset = self.session.held(id)
        if self.session.document.layer(id) is not None and (asset is None or self.session.assets.loading):
            return
        self._fresh.discard(id)
        if asset is None:
            return
        found = shifted_like(self.session, id)
        if found is None:
            self.parts.look(id)
        else:
            system, other = found
            name = self.session.document.layer(id).name
            self._doubt_place(id, tr("{name} has the extent of {other} if it is read as {system}: its coordinates may "
                                     "be shifted by a web map.", name=name, other=other.title(language()),
                                     system=system), ((tr("Look where it lies…"), lambda: self.check(id, system)),))

    def _doubt(self, document, ids: list[str], founds: list[adding.Found]) -> None:
        """A system that was only guessed is told, with the way to look where it puts the file."""
        doubted = {str(Path(info.path).absolute()): info for found in founds for info in found.infos
                   if info.kind in DOUBTED and _doubtful(info)}
        for layer in filter(None, map(document.layer, ids)):
            if layer.source and (info := doubted.get(layer.source.path)):
                self._doubt_place(layer.id, _doubts(layer.name, info), (
                    (tr("Look where it lies…"), lambda id=layer.id: self.check(id)),), guessed_together)

    def _doubt_place(self, id: str, words: str, ways, together=None) -> None:
        """A notice that holds while the layer is read as it is now."""
        layer = self.session.document.layer(id)
        self._doubted[words] = (id, layer.source if layer else None)
        self.tell(words, "warning", ways, together)

    def _forget_settled(self) -> None:
        """Where a layer is read otherwise since, or is gone, nothing is doubted any more."""
        for words, (id, source) in list(self._doubted.items()):
            layer = self.session.document.layer(id)
            if layer is None or layer.source != source:
                del self._doubted[words]
                self.withdraw(words)

    def _again(self, id: str) -> None:
        """Still not readable: read it as its row does, so that the row shows the present reason."""
        layer, document = self.session.document.layer(id), self.session.document
        if layer is not None:
            self.session.assets.reload(layer, document.frame, document.time_zone)


def _doubtful(info: Info) -> bool:
    """Whether its system was guessed, is not known, or is said although its numbers speak against it."""
    if info.extent is None and info.place is None:
        return False                                           # there is nothing to place
    return info.crs_source in ("assumed", "none") or mislabelled(info.crs, box_of(info))


def _doubts(name: str, info: Info) -> str:
    box = box_of(info)
    if info.crs and info.crs_source not in ("assumed", "none"):
        return tr("{name} says {crs}, but its numbers may be in Shanghai's city grid.", name=name,
                  crs=crs_label(info.crs))
    if info.crs:
        return tr("{name} does not say its system; it is read as {crs}.", name=name, crs=crs_label(info.crs))
    if box and like_city_grid(box):
        return tr("{name} does not say its system; its numbers may be in Shanghai's city grid.", name=name)
    return tr("{name} does not say its system.", name=name)


def placed_together(n: int) -> str:
    return tr("{n} notes on where new models were put", n=n)


def guessed_together(n: int) -> str:
    return tr("{n} files do not say for sure which system they are in.", n=n)


def doubted_together(n: int) -> str:
    return tr("{n} models: what was loaded since speaks against their places.", n=n)


def open_paths(window, paths: Iterable[Path | str], at_point: Point | None = None) -> None:
    """A project replaces what is open (which is saved or given up first); everything else is added to it."""
    paths = [Path(path) for path in paths]
    packages = [path for path in paths if path.suffix.lower() == ".zip" and _is_package(path)]
    for path in packages[:1]:
        from app.package_opening import PackageOpening
        PackageOpening(window, path)
    paths = [path for path in paths if path not in packages]
    projects = [path for path in paths if path.is_file() and adding.is_project(path)]
    if projects and not window.filing.open_project(projects[0]):
        return
    issues = [path for path in paths if path.suffix.lower() in ISSUES]
    if issues:
        window.docking.show("issues").open(issues[0])
    others = [path for path in paths if path not in projects and path not in issues]
    if others:
        window.filing.opening.add(others, at_point)
    if len(projects) > 1:
        window.tell(tr("Only the first project was opened: {name}.", name=projects[0].name))


def _is_package(path: Path) -> bool:
    from app.package_opening import is_package
    return is_package(path)
