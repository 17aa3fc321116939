"""ClickHouse for the tests: its engine (chdb) behind its HTTP protocol, in a process of its own.

No ClickHouse server comes as a Python package; its engine does. The door in front of it is forty lines of ours, so what
is tested is the driver, the dialect and the engine, not a server, a cluster or its rights.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

REASON = "chdb and clickhouse-connect are not installed: pip install 'citytwin[clickhouse]'"


@cache
def server() -> int:
    """Its port. Skips with a visible reason where it is not installed."""
    if find_spec("chdb") is None or find_spec("clickhouse_connect") is None:
        pytest.skip(REASON)
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    return int(process.stdout.readline())


def query(sql: str) -> None:
    import urllib.request
    urllib.request.urlopen(f"http://127.0.0.1:{server()}/", data=sql.encode()).read()


def main() -> None:
    import tempfile
    from email import policy
    from email.parser import BytesParser
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Lock
    from urllib.parse import parse_qs, urlsplit

    from chdb.session import Session
    folder = Path(tempfile.mkdtemp(prefix="citytwin-clickhouse-"))
    session, one_at_a_time = Session(str(folder / "data")), Lock()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with one_at_a_time:
                self._answer(b"")

        def do_POST(self) -> None:
            if self.headers.get("Transfer-Encoding", "") == "chunked":
                data = b""
                while size := int(self.rfile.readline(), 16):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with one_at_a_time:
                self._answer(data)

        def _answer(self, data: bytes) -> None:
            said = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            kind = self.headers.get("Content-Type", "")
            if kind.startswith("multipart/"):
                form = BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + data)
                parts = {p.get_param("name", header="content-disposition"): p.get_payload(decode=True)
                         for p in form.iter_parts()}
                sql = said.get("query") or parts.pop("query", b"").decode()
                for name, content in parts.items():
                    if f"{name}_structure" in said:
                        (folder / name).write_bytes(content)
                        structure = said[f"{name}_structure"].replace("'", "\\'")
                        session.query(f"CREATE OR REPLACE TABLE {name} ENGINE=Memory AS SELECT * FROM file("
                                      f"'{folder / name}', '{said[f'{name}_format']}', '{structure}')")
            else:
                sql = said["query"] if "query" in said else data.decode()
            try:
                out, status = session.query(sql, said.get("default_format", "Native")).bytes(), 200
            except Exception as error:
                out, status = str(error).encode(), 404 if "UNKNOWN_TABLE" in str(error) else 500
            self.send_response(status)
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        def log_message(self, *_) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as door:
        print(door.server_port, flush=True)
        door.serve_forever()


if __name__ == "__main__":
    main()
