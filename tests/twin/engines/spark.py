"""Spark in local-cluster mode for the tests: a master, two workers and two executors, processes of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

REASON = "pyspark and Java are not installed: pip install 'citytwin[spark]'"
MASTER = "local-cluster[2,1,512]"
SETTINGS = """spark.sql.shuffle.partitions 2
spark.executor.memory 512m
spark.ui.enabled false
spark.sql.warehouse.dir {folder}/tables
spark.sql.catalogImplementation in-memory
spark.driver.bindAddress 127.0.0.1
spark.driver.host 127.0.0.1
"""


@cache
def session():
    """Skips with a visible reason where it is not installed: a download of 400 MB that no test machine has to make."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip(REASON)
    folder = Path(tempfile.mkdtemp(prefix="citytwin-spark-"))
    (folder / "spark-defaults.conf").write_text(SETTINGS.format(folder=folder))
    (folder / "log4j2.properties").write_text("rootLogger.level = off\n")
    os.environ["SPARK_CONF_DIR"] = str(folder)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession
    return SparkSession.builder.master(MASTER).config("spark.sql.session.timeZone", "UTC").getOrCreate()
