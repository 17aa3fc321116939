"""The address of a table of readings: `postgresql://user@host:5432/city?table=readings&time=taken_at`.

A password never stands in it: it comes from the environment or from the keyring of the system.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from twin.text import tr
from twin.trouble import Trouble

SCHEMES = {"postgresql": "postgresql", "postgres": "postgresql", "duckdb": "duckdb", "clickhouse": "clickhouse",
           "trino": "trino"}
ROLES = ("datastream", "time", "value", "quality")
OPTIONS = ("table", "schema", "streams", *ROLES)
SERVICE = "citytwin"


@dataclass(frozen=True, kw_only=True)
class Address:
    """`columns`: of the table, by what they hold; "quality" may be missing ("" = all readings are good).

    `streams`: a table that says what is known of datastreams, with the columns of `twin.sensors.Datastream`; "" = none.
    """

    text: str
    backend: str
    host: str = ""
    port: int | None = None
    user: str = ""
    database: str = ""
    table: str
    schema: str = ""
    streams: str = ""
    columns: tuple[tuple[str, str], ...]

    def column(self, role: str) -> str:
        return dict(self.columns)[role]


def is_engine(text: str) -> bool:
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def parse(text: str) -> Address:
    """Raises Trouble for what cannot be understood, and for a password in it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _wrong(text, str(error)) from None
    if parts.scheme.lower() not in SCHEMES:
        raise _wrong(text, tr("{name} is no engine that is known; known are {known}.", name=parts.scheme or "?",
                              known=", ".join(sorted(SCHEMES))))
    if parts.password is not None:
        raise Trouble(tr("A password does not belong into the address: it would be saved with the project."),
                      way_out=tr("Leave it out; put it into the keyring with `citytwin engine URL --password`, or set "
                                 "the environment variable {name}.", name=variable(parts.hostname or "")))
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise _wrong(text, tr("Unknown: {names}. Known are {known}.", names=", ".join(unknown),
                              known=", ".join(OPTIONS)))
    if not options.get("table"):
        raise _wrong(text, tr("It names no table."))
    backend = SCHEMES[parts.scheme.lower()]
    path = unquote(parts.path)
    return Address(text=text, backend=backend, host=parts.hostname or "", port=port, user=unquote(parts.username or ""),
                   database=path if backend == "duckdb" else path.strip("/"), table=options["table"],
                   schema=options.get("schema", ""), streams=options.get("streams", ""),
                   columns=tuple((role, options.get(role, "" if role == "quality" else role)) for role in ROLES))


def _wrong(text: str, cause: str) -> Trouble:
    return Trouble(tr("This is no address of readings."), cause=cause, path=text.partition("?")[0],
                   way_out=tr("Write it as postgresql://user@host:5432/database?table=readings"))


# -- passwords ----------------------------------------------------------------------------------------------


def variable(host: str) -> str:
    """The environment variable with the password for a host."""
    return "CITYTWIN_PASSWORD_" + re.sub(r"\W", "_", host or "localhost", flags=re.ASCII).upper()


def password(address: Address) -> str:
    """"" where nobody said one."""
    if variable(address.host) in os.environ:
        return os.environ[variable(address.host)]
    if not address.user or address.backend == "duckdb":
        return ""
    import keyring
    try:
        return keyring.get_password(SERVICE, f"{address.user}@{address.host}") or ""
    except keyring.errors.KeyringError:
        return ""                        # a machine without a keyring: whoever needs one sees the engine's refusal


def keep_password(address: Address, text: str) -> None:
    """Raises Trouble where the system has no keyring."""
    import keyring
    try:
        keyring.set_password(SERVICE, f"{address.user}@{address.host}", text)
    except keyring.errors.KeyringError as error:
        raise Trouble(tr("The password could not be put into the keyring of the system."), cause=str(error),
                      way_out=tr("Set the environment variable {name} instead.",
                                 name=variable(address.host))) from None
