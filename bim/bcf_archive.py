"""The archive of a BCF file: its members, however they are spelt, and their XML, of which nothing outside is read."""

from __future__ import annotations

import zipfile
from typing import Any

from twin.text import tr
from twin.trouble import Trouble
from twin.zip_faults import BROKEN_ZIP

MAX_XML_BYTES, MAX_PICTURE_BYTES = 32 << 20, 64 << 20
MOST_MEMBERS = 100_000


def open_archive(path: str) -> zipfile.ZipFile:
    """Some programs write the names of members with backslashes; here all are spelt with slashes."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN_ZIP as error:
        raise Trouble(tr("This is no BCF file."), cause=str(error)[:200], way_out=tr("Choose another file."),
                      path=path) from None
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        raise Trouble(tr("This archive holds far more than a BCF file would."),
                      cause=tr("{n} files", n=len(archive.infolist())), way_out=tr("Choose another file."), path=path)
    for info in archive.infolist():
        if "\\" in info.filename:
            del archive.NameToInfo[info.filename]
            info.filename = info.filename.replace("\\", "/")
            archive.NameToInfo.setdefault(info.filename, info)
    return archive


def member_bytes(archive: zipfile.ZipFile, name: str, most: int = MAX_XML_BYTES) -> bytes:
    """Raises Trouble for what is missing, damaged or unpacks to too much; the size that is stated proves nothing."""
    try:
        with archive.open(name) as file:
            data = file.read(most + 1)
    except KeyError:
        raise Trouble(tr("{name} is missing in the archive.", name=name), path=archive.filename or "") from None
    except BROKEN_ZIP as error:
        raise Trouble(tr("{name} is damaged.", name=name), cause=str(error)[:200],
                      path=archive.filename or "") from None
    if len(data) > most:
        raise Trouble(tr("{name} is too large.", name=name), path=archive.filename or "")
    return data


def parsed(data: bytes, name: str) -> Any:
    """The root element (lxml), its names without a namespace. Nothing outside the text is ever read."""
    return parsed_and_space(data, name)[0]


def parsed_and_space(data: bytes, name: str) -> tuple[Any, str]:
    """Also the namespace that was taken away: BCF has none, and some programs declare one all the same."""
    from lxml import etree
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Trouble(tr("{name} is no valid XML.", name=name), cause=str(error)[:200]) from None
    if root.getroottree().docinfo.doctype:
        raise Trouble(tr("{name} declares a document type, which BCF never needs.", name=name))
    space = etree.QName(root).namespace or ""
    for element in root.iter(f"{{{space}}}*") if space else ():
        element.tag = etree.QName(element).localname
    return root, space


def qualified(root, space: str):
    """The same element with its names in the namespace again."""
    for element in root.iter() if space else ():
        if isinstance(element.tag, str) and not element.tag.startswith("{"):
            element.tag = f"{{{space}}}{element.tag}"
    return root


def version_of(archive: zipfile.ZipFile, names: list[str]) -> str:
    """Some programs write it in capitals, or leave it out."""
    name = next((n for n in names if n.lower() == "bcf.version"), None)
    if name is None:
        return ""
    try:
        return parsed(member_bytes(archive, name), name).get("VersionId", "")
    except Trouble:
        return ""
