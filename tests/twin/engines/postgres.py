"""A real PostgreSQL for the tests: started once, on a free port, ended with them."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

PASSWORD = "correct horse 电池"
USER = "city"


@cache
def server() -> int:
    """Its port. Skips with a visible reason where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: no initdb and pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="citytwin-pg-"))
    as_user = _as_user(folder)
    (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    for path in (folder, folder / "password"):
        shutil.chown(path, as_user) if as_user else None
    run = {"user": as_user, "check": True, "capture_output": True, "cwd": folder} if as_user else \
          {"check": True, "capture_output": True, "cwd": folder}
    data, port = folder / "data", _free_port()
    subprocess.run([programs / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile",
                    folder / "password", "-E", "UTF8", "--locale", "C", "--no-sync"], **run)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run([programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], **run)
    atexit.register(_end, programs, data, folder, run)
    return port


def _end(programs: Path, data: Path, folder: Path, run: dict) -> None:
    subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **{**run, "check": False})
    shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """Where initdb and pg_ctl lie: on the path, or where Debian, Homebrew and the installers put them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    usual = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql*/bin"),
             *Path("C:/Program Files/PostgreSQL").glob("*/bin")]
    return next((p for p in sorted(usual, reverse=True) if list(p.glob("initdb*")) and list(p.glob("pg_ctl*"))), None)


def _as_user(folder: Path) -> str | None:
    """PostgreSQL does not run as root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd
    names = {entry.pw_name for entry in pwd.getpwall()}
    folder.chmod(0o755)
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
