"""A connection to an engine, through Ibis: what each of them wants to hear."""

from __future__ import annotations

from pathlib import Path

from twin.engines.address import FILES, LOCAL, Address
from twin.passwords import password
from twin.text import tr
from twin.trouble import Trouble

IBIS = {"postgresql": "postgres"}        # where Ibis has another name for it


def connect(address: Address, writes: bool):
    """Raises Trouble where that fails. `writes`: see `Engine`."""
    try:
        import ibis
    except ImportError:
        raise Trouble(tr("Readings on another engine need more of citytwin."),
                      way_out=tr("Install it: pip install 'citytwin[engines]'")) from None
    try:
        if address.backend == "duckdb":
            return _duckdb(ibis, address.database, writes)
        if address.backend == FILES:
            return _files(ibis, address.files)
        if address.backend == "spark":
            return _spark(ibis, address)
        said = {"host": address.host, "port": address.port, "user": address.user, "database": address.database,
                "password": password(address.host or LOCAL, address.account)}
        return getattr(ibis, IBIS.get(address.backend, address.backend)).connect(**{k: v for k, v in said.items() if v})
    except ImportError as error:
        wanted = tr("Install what it names: s3fs, gcsfs or adlfs for the clouds.") if address.backend == FILES else \
            tr("Install it: pip install 'citytwin[{name}]'", name=address.backend)
        raise Trouble(tr("The driver of this engine is not installed."), cause=str(error).strip().split("\n")[0],
                      way_out=wanted) from None
    except Exception as error:
        raise refused(address, error) from error


def disconnect(address: Address, con) -> None:
    """A session of Spark takes long to begin and stays for the next question; it ends with the process."""
    if address.backend != "spark":
        con.disconnect()


def refused(address: Address, error: Exception) -> Trouble:
    return Trouble(tr("The engine did not answer the question."), cause=str(error).strip().split("\n")[0][:300],
                   way_out=tr("Check address, user, password and table; `citytwin engine URL` tries it."),
                   path=address.text.partition("?")[0])


def _duckdb(ibis, path: str, writes: bool):
    if path and not Path(path).is_file():
        raise FileNotFoundError(path)                            # DuckDB would make an empty one
    con = ibis.duckdb.connect(path, read_only=not writes) if path else ibis.duckdb.connect()
    con.raw_sql("SET TimeZone = 'UTC'")
    return con


def _files(ibis, where: str):
    """DuckDB in memory, reading through fsspec, so that it needs no extension of its own to be downloaded."""
    import fsspec
    con = _duckdb(ibis, "", False)
    con.raw_sql("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    con.con.register_filesystem(fsspec.filesystem(where.partition("://")[0]))
    return con


def _spark(ibis, address: Address):
    from pyspark.sql import SparkSession
    master = address.master or f"spark://{address.host}:{address.port or 7077}"
    session = (SparkSession.builder.master(master).appName("citytwin").config("spark.sql.session.timeZone", "UTC")
               .config("spark.ui.showConsoleProgress", "false").getOrCreate())
    con = ibis.pyspark.connect(session)
    if address.database:
        session.catalog.setCurrentDatabase(address.database)
    return con
