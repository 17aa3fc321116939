"""The manifest of an incident package: which files it holds, what is in them, and the numbers that they prove."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from twin.text import tr
from twin.trouble import Trouble
from twin.whole_file import whole
from twin.zip_faults import BROKEN_ZIP

NAME = "manifest.json"
FORMAT, VERSION = "citytwin incident package", 1
MOST_BYTES = 20 * 2**30                      # unpacked: more is not written to the disk
_STAMP = (2026, 1, 1, 0, 0, 0)               # of every member: the bytes depend on the content alone


def pack(folder: Path, out: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Zip everything in `folder` with a manifest of SHA-256 sums; returns the manifest. Atomic."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    manifest = {"format": FORMAT, "version": VERSION, **about,
                "files": {_name(path, folder): {"sha256": digest(path), "bytes": path.stat().st_size}
                          for path in files}}
    (folder / NAME).write_text(json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8")
    with whole(out) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in (folder / NAME, *files):
            info = zipfile.ZipInfo(_name(path, folder), _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            with open(path, "rb") as source, archive.open(info, "w", force_zip64=True) as member:
                while block := source.read(2**20):
                    member.write(block)
    return manifest


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack into `folder` and check every sum; returns the manifest. Raises Trouble that names what is wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            _extract(archive, manifest, folder, path)
    except BROKEN_ZIP as error:
        raise Trouble(tr("This is no incident package, or it is damaged."), cause=str(error),
                      way_out=tr("Get the package again from whoever sent it."), path=str(path)) from None
    wrong = [name for name, said in manifest["files"].items() if digest(folder / name) != said["sha256"]]
    if wrong:
        raise Trouble(tr("Files of this package were changed after it was made."), cause=", ".join(wrong[:5]),
                      way_out=tr("Get the package again from whoever sent it."), path=str(path))
    return manifest


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(archive.read(NAME))
    except (KeyError, ValueError):
        manifest = None
    known = isinstance(manifest, dict) and manifest.get("format") == FORMAT
    if not known or not isinstance(manifest.get("files"), dict):
        raise Trouble(tr("This is no incident package, or it is damaged."), cause=tr("It has no manifest"),
                      way_out=tr("Open it as a layer instead, if it holds data."), path=str(path))
    if manifest.get("version") != VERSION:
        raise Trouble(tr("This package was made by another version of citytwin."),
                      way_out=tr("Update citytwin."), path=str(path))
    return manifest


def _extract(archive: zipfile.ZipFile, manifest: dict, folder: Path, path: Path) -> None:
    """Only what the manifest names, only below `folder`, never more bytes than it says."""
    if sum(int(said["bytes"]) for said in manifest["files"].values()) > MOST_BYTES:
        raise Trouble(tr("This package is too large to unpack."), path=str(path))
    for name, said in manifest["files"].items():
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise Trouble(tr("This package names files outside of itself and was not opened."), cause=name,
                          path=str(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        left = int(said["bytes"]) + 1
        try:
            member = archive.open(name)
        except KeyError:
            raise Trouble(tr("Files of this package are missing."), cause=name, path=str(path)) from None
        with member, open(target, "wb") as out:
            while left > 0 and (block := member.read(min(left, 2**20))):
                out.write(block)
                left -= len(block)


def digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
