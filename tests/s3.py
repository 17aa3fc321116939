"""An S3 server on this machine, for tests: what reads and writes `s3://…` finds it by the environment."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture(scope="module")
def s3():
    """The file system `s3://` of a server with the empty bucket "city"."""
    fsspec = pytest.importorskip("fsspec", reason="the extra `cluster` is not installed")
    pytest.importorskip("s3fs", reason="the extra `s3` is not installed")
    server = pytest.importorskip("moto.server", reason="moto, an S3 server for tests, is not installed")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    served = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    served.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://{}:{}".format(*served.get_host_and_port()))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
            patch.delenv(name, raising=False)
        fsspec.filesystem("s3").clear_instance_cache()
        system = fsspec.filesystem("s3")
        system.mkdir("city")
        yield system
        system.rm("city", recursive=True)
    system.clear_instance_cache()
    served.stop()
