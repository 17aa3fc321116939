"""The address of a table of readings: `postgresql://user@host:5432/city?table=readings&time=taken_at`.

Or of Parquet files wherever fsspec reaches, which DuckDB reads: `s3://bucket/readings/*.parquet?time=taken_at`. A
password never stands in it: it comes from the environment or from the keyring of the system.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from twin.passwords import variable
from twin.text import tr
from twin.trouble import Trouble

SCHEMES = {"postgresql": "postgresql", "postgres": "postgresql", "duckdb": "duckdb", "clickhouse": "clickhouse",
           "trino": "trino", "spark": "spark"}
FILES = "files"                          # the backend of addresses of Parquet files
LOCAL = "localhost"
ROLES = ("datastream", "time", "value", "quality")
OPTIONS = ("table", "schema", "streams", "master", FILES, *ROLES)


@dataclass(frozen=True, kw_only=True)
class Address:
    """`columns`: of the table, by what they hold; "quality" may be missing ("" = all readings are good).

    `streams`: a table that says what is known of datastreams, with the columns of `twin.sensors.Datastream`; "" = none.
    `files`: where Parquet lies that is the table; `master`: of Spark, where it is not the host and port.
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
    files: str = ""
    master: str = ""
    columns: tuple[tuple[str, str], ...]

    def column(self, role: str) -> str:
        return dict(self.columns)[role]

    @property
    def account(self) -> str:
        """Whose password it takes, in the keyring; "" = none."""
        return f"{self.user}@{self.host}" if self.user and self.backend != "duckdb" else ""


def parse(text: str) -> Address:
    """Raises Trouble for what cannot be understood, and for a password in it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _wrong(text, str(error)) from None
    if is_files(text):
        return _of_files(text, parts)
    if parts.scheme.lower() not in SCHEMES:
        raise _wrong(text, tr("{name} is no engine that is known; known are {known}.", name=parts.scheme or "?",
                              known=", ".join(sorted(SCHEMES))))
    if parts.password is not None:
        raise Trouble(tr("A password does not belong into the address: it would be saved with the project."),
                      way_out=tr("Leave it out; put it into the keyring with `citytwin engine URL --password`, or set "
                                 "the environment variable {name}.", name=variable(parts.hostname or LOCAL)))
    options = _options(text, parts.query, OPTIONS)
    if not options.get("table"):
        raise _wrong(text, tr("It names no table."))
    backend = SCHEMES[parts.scheme.lower()]
    path = unquote(parts.path)
    return Address(text=text, backend=backend, host=parts.hostname or "", port=port, user=unquote(parts.username or ""),
                   database=path if backend == "duckdb" else path.strip("/"), table=options["table"],
                   schema=options.get("schema", ""), streams=options.get("streams", ""),
                   files=options.get(FILES, ""), master=options.get("master", ""), columns=_columns(options))


def is_files(text: str) -> bool:
    """Whether it is an address of Parquet files: by their name, as many servers of other things have addresses too."""
    scheme, mark, rest = text.partition("://")
    return bool(mark) and scheme.lower() not in SCHEMES and rest.partition("?")[0].endswith(".parquet")


def _of_files(text: str, parts) -> Address:
    where = text.partition("?")[0]
    options = _options(text, parts.query, ("streams", *ROLES))
    return Address(text=text, backend=FILES, host=parts.hostname or "", files=where, streams=options.get("streams", ""),
                   table=where.rpartition("/")[2].removesuffix(".parquet").strip("*") or "readings",
                   columns=_columns(options))


def _options(text: str, query: str, known: tuple[str, ...]) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(set(options) - set(known)):
        raise _wrong(text, tr("Unknown: {names}. Known are {known}.", names=", ".join(unknown), known=", ".join(known)))
    return options


def _columns(options: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((role, options.get(role, "" if role == "quality" else role)) for role in ROLES)


def _wrong(text: str, cause: str) -> Trouble:
    return Trouble(tr("This is no address of readings."), cause=cause, path=text.partition("?")[0],
                   way_out=tr("Write it as postgresql://user@host:5432/database?table=readings"))
