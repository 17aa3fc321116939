"""Where the files of a tileset come from: its own folder, or the server that the user named.

A server is named in a small file of the user's own (see docs/formats.md). Nothing is asked of any other server, every
request has a time limit, and what came is kept in a bounded folder.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from twin.text import tr
from twin.trouble import Trouble

TIMEOUT_SECS = (5.0, 30.0)                # to connect, and between two pieces of an answer
MOST_BYTES = 256 << 20                    # of one file
MOST_CACHED = 1 << 30
FRESH_SECS = 7 * 24 * 3600.0              # a tile is not asked for again within a week
MARK = "3d-tiles-server"                  # the key that makes a JSON file one of ours
MOST_REDIRECTS = 3


class Unreachable(Exception):
    """A file of the tileset that cannot be had; the words are for its layer's row."""


@dataclass(frozen=True)
class Folder:
    """Files below the folder of the tileset, and nothing outside it."""

    root: str

    def resolve(self, base: str, uri: str) -> str:
        """The full name of a file that a file named `base` refers to. Raises `Unreachable` outside the folder."""
        path = (Path(base).parent / unquote(uri.partition("?")[0])).resolve()
        if "://" in uri or not path.is_relative_to(self.root):
            raise Unreachable(tr("{name} lies outside the tileset.", name=uri[:80]))
        return str(path)

    def read(self, name: str) -> bytes:
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise Unreachable(tr("{name} is not there.", name=Path(name).name)) from error


@dataclass(frozen=True)
class Server:
    """Files of one server. `token_env`: the environment variable that holds a bearer token; "" asks the keyring."""

    url: str
    token_env: str = ""

    def resolve(self, base: str, uri: str) -> str:
        full = urljoin(base, uri)
        if _origin(full) != _origin(self.url):
            raise Unreachable(tr("{name} lies on another server than the one that you named.", name=full[:120]))
        query = urlsplit(base).query                         # many servers carry a session in it
        return full if urlsplit(full).query or not query else f"{full}?{query}"

    def read(self, name: str, *, always: bool = False) -> bytes:
        """From the cache where it is fresh (never for `always`), else from the server, else what is left of it."""
        kept = _cache() / _cache_name(name)
        if not always and kept.exists() and time.time() - kept.stat().st_mtime < FRESH_SECS:
            return kept.read_bytes()
        try:
            data = self._asked(name)
        except Unreachable:
            if kept.exists():
                return kept.read_bytes()
            raise
        _keep(kept, data)
        return data

    def _asked(self, name: str) -> bytes:
        import requests
        for _ in range(MOST_REDIRECTS + 1):
            try:
                with _session().get(name, timeout=TIMEOUT_SECS, stream=True, allow_redirects=False,
                                    headers=_headers(self.url, self.token_env)) as answer:
                    if answer.is_redirect:
                        name = self.resolve(name, answer.headers["location"])
                        continue
                    return _body(answer, name)
            except requests.RequestException as error:
                raise Unreachable(tr("The server does not answer: {cause}", cause=_why(error, name))) from error
        raise Unreachable(tr("The server sends one from place to place."))


def _why(error: Exception, url: str) -> str:
    """Shortly, where the library tells its own inside."""
    import requests
    if isinstance(error, requests.Timeout):
        return tr("it took too long")
    if isinstance(error, requests.ConnectionError) and not isinstance(error, requests.exceptions.SSLError):
        return tr("no connection to {server}", server=urlsplit(url).netloc)
    return str(error)[:160]


def _body(answer, name: str) -> bytes:
    if answer.status_code != 200:
        raise Unreachable(tr("The server says {code} to {name}.", code=answer.status_code,
                             name=urlsplit(name).path.rpartition("/")[2]))
    out = bytearray()
    for block in answer.iter_content(1 << 18):
        out += block
        if len(out) > MOST_BYTES:
            raise Unreachable(tr("{name} is larger than {mb} MB.", name=urlsplit(name).path, mb=MOST_BYTES >> 20))
    return bytes(out)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


@lru_cache(maxsize=1)
def _session():
    import requests
    return requests.Session()


@lru_cache(maxsize=8)
def _headers(url: str, token_env: str) -> dict[str, str]:
    token = os.environ.get(token_env, "") if token_env else _from_keyring(_origin(url)[1])
    return {"Accept-Encoding": "gzip, deflate"} | ({"Authorization": f"Bearer {token}"} if token else {})


def _from_keyring(host: str) -> str:
    """What the system's store holds for citytwin and this server; "" without a store."""
    try:
        import keyring
        return keyring.get_password("citytwin", host) or ""
    except Exception:                      # no store, a locked one, one without a desktop: then without a token
        return ""


# -- the file that names a server ------------------------------------------------------------------------------


def named_server(path: Path) -> Server:
    """The server that a file names. Raises Trouble for one that is broken."""
    try:
        said = json.loads(path.read_bytes().decode("utf-8-sig"))[MARK]
        server = Server(str(said["url"]), str(said.get("token_env", "")))
    except (ValueError, KeyError, TypeError) as error:
        raise Trouble(tr("This file does not name a tile server."), cause=f"{type(error).__name__}: {error}"[:160],
                      way_out=tr("It should look like {example}.",
                                 example='{"3d-tiles-server": {"url": "https://…/tileset.json"}}'),
                      path=str(path)) from None
    if urlsplit(server.url).scheme not in ("http", "https"):
        raise Trouble(tr("A tile server's address begins with http:// or https://."), cause=server.url[:120],
                      path=str(path))
    return server


# -- the cache of servers' files -----------------------------------------------------------------------------


def _cache() -> Path:
    if said := os.environ.get("CITYTWIN_CACHE"):
        return Path(said) / "tiles"
    import platformdirs
    return platformdirs.user_cache_path("citytwin") / "tiles"


def _cache_name(url: str) -> str:
    import xxhash
    return xxhash.xxh3_128_hexdigest(url.encode())


def _keep(path: Path, data: bytes) -> None:
    """Write a file; a cache that cannot be written is none. What was not asked for longest goes first."""
    temporary = path.with_name(f".{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        os.replace(temporary, path)
        if secrets.randbelow(32) == 0:
            trim(path.parent)
    except OSError:
        temporary.unlink(missing_ok=True)


def trim(folder: Path, most_bytes: int = MOST_CACHED) -> None:
    """Delete the oldest files beyond a size."""
    found = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in folder.iterdir() if p.is_file()), reverse=True)
    total = 0
    for _, size, path in found:
        total += size
        if total > most_bytes:
            path.unlink(missing_ok=True)
