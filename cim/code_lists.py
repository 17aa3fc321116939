"""The code lists that a CityGML file names (`codeSpace`): dictionaries beside it, or lists that everybody knows."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from twin.city_codes import code_list
from twin.text import tr

LARGEST = 16_000_000                                         # bytes; a dictionary has some kilobytes
SIG3D = re.compile(r"_?(?:Abstract)?Building_(class|function|usage|roofType)\.xml$")
PLATEAU = {"Building_usage.xml": "plateau_usage"}


class CodeLists:
    """What the codes of one file mean. Nothing is fetched: a list is read where the file says, if that is a path from
    the file on, or where it was put: in a folder `codelists` beside the file, or beside it.
    """

    def __init__(self, path: Path):
        self.folder = path.parent
        self._lists: dict[str, dict[str, str] | None] = {}

    def word(self, space: str, code: str) -> str | None:
        """What `code` means in the list `space`; None where the list is unknown, or has no such code."""
        if not space:
            return None
        if space not in self._lists:
            self._lists[space] = self._found(space)
        return (self._lists[space] or {}).get(code)

    def notes(self) -> tuple[str, ...]:
        """Which lists are not there, after the codes were asked for."""
        missing = sorted({_name(space) or space[:60] for space, known in self._lists.items() if known is None})
        if not missing:
            return ()
        return (tr("{n} of the code lists that it names are not beside it, so their codes stay as they are: {names}",
                   n=len(missing), names=", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")),)

    def _found(self, space: str) -> dict[str, str] | None:
        name = _name(space)
        if not name:
            return None
        for path in (*_said(self.folder, space), self.folder / "codelists" / name, self.folder / name):
            known = dictionary(path)
            if known:
                return known
        return _of_everybody(space, name)


def dictionary(path: Path) -> dict[str, str]:
    """{code: words} of a gml:Dictionary; empty where there is none, or no readable one."""
    from lxml import etree
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return {}
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True,
                                                 huge_tree=False)).getroot()
    except (OSError, etree.XMLSyntaxError):
        return {}
    out: dict[str, str] = {}
    for entry in root.iter("{*}Definition"):
        names = [text for child in entry.findall("{*}name") if (text := (child.text or "").strip())]
        described = (entry.findtext("{*}description") or "").strip()
        for name in names:
            if words := described or next((other for other in names if other != name), ""):
                out[name] = words
    return out


def _name(space: str) -> str:
    """Of the file of a list; "" where it names none."""
    name = re.split(r"[\\/]", urlsplit(space).path)[-1]
    return name if name.lower().endswith(".xml") else ""


def _said(folder: Path, space: str) -> tuple[Path, ...]:
    """The place itself where it is a path from the file on: no drive, no host and no root of a disk."""
    parts = urlsplit(space)
    local = not parts.scheme and not parts.netloc and "\\" not in space and not space.startswith("/")
    return (folder / parts.path,) if local else ()


def _of_everybody(space: str, name: str) -> dict[str, str] | None:
    if (urlsplit(space).hostname or "").removeprefix("www.") == "sig3d.org" and (found := SIG3D.match(name)):
        return code_list("function" if found[1] == "usage" else found[1])
    if "codelists/" in space and not urlsplit(space).scheme and name in PLATEAU:
        return code_list(PLATEAU[name])
    return None
