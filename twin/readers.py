"""The reader registry: whatever is opened is recognised by its content, then read by one function.

A reader is a module in `bim/`, `cim/`, `twin/history/` or `twin/incidents/` that registers itself:

    @reader("geotiff", label="GeoTIFF", suffixes=(".tif", ".tiff"), sniff=sniff, inspect=inspect)
    def read(request: Request, progress: Progress) -> Payload: ...

`sniff(path, head)` gives how sure it is, 0 (not mine) to 1, from the first 64 KiB.
`inspect(path, source)` gives the `Info`s of what lies in the file (one per layer that opening makes),
quickly; with `assumes=True` it takes a third argument, what the project assumes where a file says
nothing (`Assumed`); `examine(path, source, progress)`, where a reader has it, says more and may take
long. All run in a worker process.
Any of them raises `NotMine` to decline after a closer look and `Trouble` for a file that is its own
but broken.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from twin.data import Payload
from twin.frame import JIADING, Frame
from twin.layer import Source, is_url
from twin.text import tr
from twin.trouble import Trouble

HEAD_BYTES = 65536
FIRST_BYTES = 40                          # quoted of a text that nobody knows
READERS: dict[str, Reader] = {}


class NotMine(Exception):
    """This reader does not know the file after all; the next one is asked."""


@dataclass(frozen=True, kw_only=True)
class Info:
    """What a file says about itself, without drawing it.

    `extent` [min x, min y, min z, max x, max y, max z] in the file's CRS, None where unknown.
    `units` of its values, never of its place: heights ("m"), readings, speeds; "" (in the JSON null) without any.
    `place` (x, y) in the CRS: about where it stands, for files whose extent takes long to know.
    `kind` is the kind of layer it opens as. `table` names the part of a container.
    `suggest`: field values for the new layer (for example {"color_by": "use"}).
    `extra`: further keys of a format's own, merged into the JSON (for example "ifc").
    """

    path: str
    kind: str
    format: str
    name: str = ""
    table: str = ""
    crs: str = ""
    crs_source: str = ""
    extent: tuple[float, ...] | None = None
    place: tuple[float, float] | None = None
    count: int | None = None
    units: str = ""
    time_span: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    suggest: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)

    def as_json(self) -> dict:
        keep = asdict(self)
        for name in ("suggest", "extra", "name", "table", "place"):
            keep.pop(name)
        more = {"name": self.name, "table": self.table} if self.table else {}
        return {**keep, "units": self.units or None, "notes": list(dict.fromkeys(self.notes)), "ok": True,
                "error": None, **more, **self.extra}


@dataclass(frozen=True)
class Assumed:
    """What holds where a file says nothing: the project's CRS and time zone."""

    crs: str = JIADING
    time_zone: str = "Asia/Shanghai"


USUAL = Assumed()                         # without a project


@dataclass(frozen=True, kw_only=True)
class Request:
    """One reading: the source (absolute path), the kind of layer that asks, and the frame to place it in."""

    source: Source
    kind: str
    frame: Frame
    time_zone: str = "Asia/Shanghai"

    @property
    def path(self) -> Path:
        return Path(self.source.path)


class Progress:
    """Handed to readers. Calling it reports, and is where a cancel is noticed (it raises `Cancelled`)."""

    def __call__(self, done: float, total: float = 1.0, text: str = "") -> None:
        """`done` of `total` in any unit; `total` 0 = not known."""

    def part(self, payload: Payload) -> None:
        """Show this already: a batch of a mesh. The final result still holds everything."""


class Cancelled(Exception):
    """The user (or a closing window) no longer wants this."""


@dataclass(frozen=True)
class Reader:
    name: str
    label: str
    suffixes: tuple[str, ...]
    sniff: Callable[[Path, bytes], float]
    inspector: Callable[..., list[Info]]
    read: Callable[[Request, Progress], Payload]
    stall_secs: float                     # ended when it says nothing for so long
    examine: Callable[[Path, Source, Progress], list[Info]] | None     # `inspect`, but thorough; may take long
    assumes: bool                         # whether its inspection asks what the project assumes
    warm: Callable[[], None] | None       # imports what takes long, before anybody waits for it

    def inspect(self, path: Path, source: Source, assumed: Assumed) -> list[Info]:
        return self.inspector(path, source, assumed) if self.assumes else self.inspector(path, source)


def reader(name: str, *, label: str, suffixes: tuple[str, ...], sniff, inspect, stall_secs: float = 120.0,
           examine=None, assumes: bool = False, warm=None):
    """Register the decorated `read` function."""
    def register(read):
        READERS[name] = Reader(name, label, suffixes, sniff, inspect, read, stall_secs, examine, assumes, warm)
        return read
    return register


def discover() -> dict[str, Reader]:
    """Import every module of the reading rooms once; they register themselves."""
    for room in ("bim", "cim", "twin.history", "twin.incidents"):
        package = importlib.import_module(room)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{room}.{module.name}")
    return READERS


def warm() -> None:
    for one in discover().values():
        if one.warm:
            one.warm()


def head_of(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(HEAD_BYTES)


def inspect(path: str | Path, source: Source | None = None, assumed: Assumed = USUAL) -> list[Info]:
    """Recognise a file by content and describe it. Raises Trouble for what nobody can read."""
    return recognise(Path(path), source or Source(path=str(path)), assumed)[1]


def recognise(path: Path, source: Source, assumed: Assumed = USUAL) -> tuple[Reader, list[Info]]:
    """The first reader that accepts the file, surest first, and what it says about it."""
    _must_exist(path)
    if source.reader:
        chosen = READERS.get(source.reader) or _unknown_reader(source)
        return chosen, chosen.inspect(path, source, assumed)
    head = b"" if path.is_dir() else head_of(path)
    sure = sorted(((r.sniff(path, head), r.name) for r in READERS.values()), reverse=True)
    for certainty, name in sure:
        if certainty <= 0:
            break
        try:
            return READERS[name], READERS[name].inspect(path, source, assumed)
        except NotMine:
            continue
    raise Trouble(tr("The kind of this file was not recognised."), cause=_first_look(path, head),
                  way_out=_way_out(path), path=str(path))


def _way_out(path: Path) -> str:
    """For a file of no known kind: it may be damaged, or of a kind that nobody reads."""
    suffix = path.suffix.lower()
    meant = sorted({r.label for r in READERS.values() if suffix in r.suffixes})
    if len(meant) == 1:
        return tr("Its name says {format}, its content does not: copy or export it again.", format=tr(meant[0]))
    if meant:
        return tr("A {suffix} file may hold {formats}; its content is none of them. Of a table, the first line must "
                  "name the columns.", suffix=suffix, formats="; ".join(map(tr, meant)))
    return tr("citytwin reads {formats}.", formats=" ".join(sorted({s for r in READERS.values() for s in r.suffixes})))


def examine(path: Path, source: Source, assumed: Assumed, progress: Progress) -> tuple[Reader, list[Info]]:
    """Like `recognise`, but as thorough as the reader can: for reports, not for opening."""
    reader, infos = recognise(path, source, assumed)
    return reader, reader.examine(path, source, progress) if reader.examine else infos


def read(request: Request, progress: Progress) -> Payload:
    """Read one layer's content with the reader that its content asks for."""
    path = request.path
    if request.source.reader:
        chosen = READERS.get(request.source.reader) or _unknown_reader(request.source)
        if not is_url(request.source.path):
            _must_exist(path)
    else:
        chosen, infos = recognise(path, request.source, Assumed(request.frame.crs, request.time_zone))
        if not request.source.table and infos and infos[0].table:
            request = replace(request, source=replace(request.source, table=infos[0].table))
    return chosen.read(request, progress)


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise Trouble(tr("The file is not there."), cause=tr("It was moved, renamed or never copied"),
                      way_out=tr("Put it back, or set the layer's source to where it is now."), path=str(path))
    must_be_a_file(path)
    if path.is_file() and path.stat().st_size == 0:
        raise Trouble(tr("The file is empty."), cause=tr("It has 0 bytes"),
                      way_out=tr("Copy or export it again."), path=str(path))


def must_be_a_file(path: Path) -> None:
    """Raise Trouble for a pipe, a socket or a device: reading one may never end."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise Trouble(tr("This is not a file."), cause=tr("It is a pipe, a socket or a device"),
                      way_out=tr("Write what comes out of it into a file, and open that."), path=str(path))


def _unknown_reader(source: Source):
    raise Trouble(tr("There is no reader called {name}.", name=source.reader), cause=tr("The project names it"),
                  way_out=tr("Known readers: {names}.", names=", ".join(sorted(READERS))), path=source.path)


def _first_look(path: Path, head: bytes) -> str:
    if path.is_dir():
        return tr("It is a folder")
    if head[:4] == b"%PDF":
        return tr("It is a PDF document")
    if head[:4] == b"PK\x03\x04":
        return tr("It is a zip archive with nothing in it that can be shown")
    if head[:6] in (b"AC1015", b"AC1018", b"AC1021", b"AC1024", b"AC1027", b"AC1032"):
        return tr("It is an AutoCAD drawing (DWG)")
    text = head[:FIRST_BYTES].decode("utf-8", "ignore").split("\n")[0].strip()
    if text.isprintable() and text and b"\0" not in head:
        return tr("It is a text that begins with “{text}”", text=text)
    return tr("It is binary data of no known kind")
