"""Where a bake is written: a folder, or any place that fsspec knows. Nothing is ever half there.

A file is written under a temporary name beside its place and renamed; the same content has the same name and bytes,
so a worker that outlives its killed parent can only write what the next run would write too.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import xxhash

from cim.bake.skins import picture_names
from twin.text import tr
from twin.trouble import Trouble

SCRATCH = ".bake"
BLOCK = 1 << 22


def is_remote(place: str) -> bool:
    """"s3://…" and the like; a Windows drive (C:\\…) is a folder."""
    return "://" in place


@dataclass(frozen=True)
class Store:
    """`root`: a folder or an fsspec URL. `scratch`: a folder that all workers see, for what is only on the way."""

    root: str
    scratch: str

    @classmethod
    def at(cls, out: str, scratch: str = "") -> Store:
        """`scratch`: a folder for what is on the way; "" = inside the store, or for a remote one the user's cache."""
        root = out.rstrip("/") if is_remote(out) else str(Path(out).absolute())
        if is_remote(root):
            _answers(root)
        own = f"{SCRATCH}-{xxhash.xxh3_64_hexdigest(root.encode())}"
        if scratch:
            return cls(root, str(Path(scratch).absolute() / own))
        if is_remote(out):
            from platformdirs import user_cache_dir
            return cls(root, str(Path(user_cache_dir("citytwin")) / own))
        return cls(root, os.path.join(root, SCRATCH))

    def put(self, name: str, data: bytes) -> list:
        """Write a file; returns what a manifest says about it."""
        if is_remote(self.root):
            system, path = self._remote(name)
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            temporary = f"{path}.{secrets.token_hex(4)}.part"
            system.pipe_file(temporary, data)
            system.mv(temporary, path)
        else:
            with self.writing(name) as temporary:
                temporary.write_bytes(data)
        return [name, len(data), xxhash.xxh3_128_hexdigest(data)]

    def writing(self, name: str) -> _Writing:
        """A context that gives a local temporary path, and puts it in its place unless an error leaves it."""
        return _Writing(self, name)

    def told(self, name: str) -> list:
        """[name, bytes, hash] of a file that is there."""
        size, digest = self._measured(name)
        return [name, size, digest]

    def holds(self, said: list) -> bool:
        """Whether a file is there as a manifest says."""
        try:
            return [said[0], *self._measured(said[0])] == list(said)
        except OSError:
            return False

    def read(self, name: str) -> bytes | None:
        """None where there is no such file."""
        try:
            with self._opened(name) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        if is_remote(self.root):
            system, path = self._remote(name)
            if system.exists(path):
                system.rm_file(path)
        else:
            (Path(self.root) / name).unlink(missing_ok=True)

    def _measured(self, name: str) -> tuple[int, str]:
        digest, size = xxhash.xxh3_128(), 0
        with self._opened(name) as file:
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
        return size, digest.hexdigest()

    def _opened(self, name: str):
        if is_remote(self.root):
            system, path = self._remote(name)
            return system.open(path, "rb")
        return open(Path(self.root) / name, "rb")

    def _remote(self, name: str):
        system, root = filesystem(self.root)
        return system, f"{root.rstrip('/')}/{name}"


class _Writing:
    def __init__(self, store: Store, name: str):
        self.store, self.name = store, name
        folder = Path(store.scratch if is_remote(store.root) else store.root)
        place = folder / name
        self.place = place
        self.temporary = place.with_name(f".{secrets.token_hex(4)}.part{place.suffix}")

    def __enter__(self) -> Path:
        self.temporary.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind, error, trace) -> None:
        try:
            if kind is None and is_remote(self.store.root):
                self.store.put(self.name, self.temporary.read_bytes())
            elif kind is None:
                os.replace(self.temporary, self.place)
        finally:
            self.temporary.unlink(missing_ok=True)


def filesystem(url: str):
    """(fsspec file system, path in it)."""
    try:
        import fsspec
    except ImportError:
        raise Trouble(tr("Remote places need the package {name}.", name="fsspec"),
                      way_out=tr("Install it with `pip install citytwin[cluster]`."), path=url) from None
    try:
        return fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise Trouble(tr("This place cannot be reached."), cause=str(error)[:200],
                      way_out=tr("Install the file system that fsspec names, or use a folder."), path=url) from None


def _answers(url: str) -> None:
    """Raises Trouble where a place is away, before anything is made for it."""
    system, path = filesystem(url)
    try:
        system.exists(path)
    except Exception as error:              # every file system has its own kinds
        raise Trouble(tr("This place cannot be reached."), cause=str(error)[:200] or type(error).__name__,
                      way_out=tr("Check the address and whether it needs credentials."), path=url) from None


def fetched(url: str, folder: Path) -> Path:
    """A remote input as a local file, with the pictures it names; what was fetched before is not fetched again."""
    system, path = filesystem(url)
    here = folder / xxhash.xxh3_64_hexdigest(url.encode()) / path.rstrip("/").rpartition("/")[2]
    if not here.exists():
        try:
            _fetch(system, path, here)
        except (OSError, ValueError) as error:
            raise Trouble(tr("This file could not be fetched."), cause=str(error)[:200],
                          way_out=tr("Check the address and whether it needs credentials."), path=url) from None
    for place in pictures_beside(here):
        beside = f"{path.rpartition('/')[0]}/{place.relative_to(here.parent.resolve()).as_posix()}"
        if not place.exists() and system.exists(beside):
            _fetch(system, beside, place)
    return here


def _fetch(system, path: str, here: Path) -> None:
    here.parent.mkdir(parents=True, exist_ok=True)
    temporary = here.with_name(f".{secrets.token_hex(4)}.part")
    try:
        system.get_file(path, str(temporary))
        os.replace(temporary, here)
    finally:
        temporary.unlink(missing_ok=True)


def pictures_beside(path: Path) -> list[Path]:
    """Where the pictures lie that a city model names, none outside its folder."""
    folder = path.parent.resolve()
    places = [(folder / name.replace("\\", "/")).resolve() for name in picture_names(path) if "://" not in name]
    return [place for place in places if place.is_relative_to(folder)]


def content_hash(path: Path) -> str:
    """Of a file, or of all files of a folder with their names; a shapefile with the parts beside it, a city model with
    its pictures."""
    digest = xxhash.xxh3_128()
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file())
    elif path.suffix.lower() == ".shp":
        files = sorted(p for p in path.parent.iterdir() if p.name.rpartition(".")[0].startswith(path.stem))
    else:
        files = [path, *(p for p in pictures_beside(path) if p.is_file())]
    for file in files:
        digest.update(file.name.encode())
        with open(file, "rb") as opened:
            while block := opened.read(BLOCK):
                digest.update(block)
    return digest.hexdigest()
