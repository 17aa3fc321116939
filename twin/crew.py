"""Many calls of one function at once: on this machine's cores, or on a Dask cluster.

A call is a tuple of arguments; the function gets `progress` after them and must be importable by name. Results come
as they are done, each with the number of its call, so that whoever asks can keep what is finished. A call that fails,
or whose worker dies of it, gives a `Trouble` in the place of its result: the others go on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from twin.jobs import DONE, Job, Jobs
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

STALL_SECS = 900.0                        # of one piece of work
AHEAD = 2                                 # calls for each worker that are handed over before they are due
FIRST_WORKER_SECS = 10.0
NO_WORKER_SECS = 60.0                     # a cluster's workers may start anew for so long


class LocalCrew:
    """Worker processes of this machine."""

    def __init__(self, workers: int = 0):
        self.workers = workers or os.cpu_count() or 1
        self._jobs = Jobs(workers=self.workers)

    def run(self, function: Callable[..., Any], calls: list[tuple], idle: Callable[[], None] = lambda: None,
            ) -> Iterator[tuple[int, Any]]:
        """(number of the call, its result) as they end; `idle` is called while waiting, and may raise to stop all."""
        waiting, running = list(enumerate(calls)), {}
        waiting.reverse()
        while waiting or running:
            while waiting and len(running) < AHEAD * self.workers:
                number, arguments = waiting.pop()
                running[number] = self._jobs.start(function, *arguments, label=function.__name__,
                                                   stall_secs=STALL_SECS)
            self._jobs.poll()
            ended = [(number, job) for number, job in running.items() if not job.active]
            for number, job in ended:
                del running[number]
                yield number, _result(job)
            if not ended:
                idle()
                time.sleep(0.004)

    def close(self) -> None:
        self._jobs.close()


def _result(job: Job):
    return job.result if job.state == DONE else job.error or Trouble(tr("The work was cancelled."))


class DaskCrew:
    """A Dask cluster that stands already: its workers need citytwin and must reach the same folders."""

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError:
            raise Trouble(tr("Work on a cluster needs the package {name}.", name="distributed"),
                          way_out=tr("Install it with `pip install citytwin[cluster]`.")) from None
        try:
            self._client = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise Trouble(tr("The Dask scheduler does not answer."), cause=str(error)[:200],
                          way_out=tr("Check its address and that it runs."), path=address) from None
        self._address, self._seen = address, time.monotonic()
        try:
            self._client.wait_for_workers(1, timeout=FIRST_WORKER_SECS)
        except TimeoutError:
            self.close()
            raise self._deserted() from None
        self.workers = sum(self._client.nthreads().values())

    def run(self, function: Callable[..., Any], calls: list[tuple], idle: Callable[[], None] = lambda: None,
            ) -> Iterator[tuple[int, Any]]:
        """As `LocalCrew.run`. Raises Trouble where the cluster has had no worker for a minute."""
        waiting, running = list(enumerate(calls)), {}
        waiting.reverse()
        self._seen = time.monotonic()
        try:
            while waiting or running:
                while waiting and len(running) < AHEAD * self.workers:
                    number, arguments = waiting.pop()
                    running[number] = self._client.submit(_quietly, function, arguments, pure=False)
                ended = [(number, future) for number, future in running.items() if future.done()]
                for number, future in ended:
                    del running[number]
                    yield number, self._taken(future)
                if ended:
                    self._seen = time.monotonic()
                else:
                    idle()
                    self._look_for_workers()
                    time.sleep(0.01)
        finally:
            self._client.cancel(list(running.values()))

    def _look_for_workers(self) -> None:
        """Asked for only where nothing has ended for long: it is a call over the network."""
        if time.monotonic() - self._seen > NO_WORKER_SECS:
            if not self._client.nthreads():
                raise self._deserted()
            self._seen = time.monotonic()

    def _deserted(self) -> Trouble:
        return Trouble(tr("The Dask cluster has no workers."),
                       cause=tr("Its scheduler answers, but nobody works for it"),
                       way_out=tr("Start workers (`dask worker {address}`) and do it again: what is finished is kept.",
                                  address=self._address), path=self._address)

    def _taken(self, future):
        try:
            return future.result()
        except Trouble as trouble:
            return trouble
        except Exception as error:                       # a worker that was lost, or a fault in its own environment
            return Trouble(tr("The cluster could not do a piece of the work."),
                           cause=f"{type(error).__name__}: {error}"[:300],
                           way_out=tr("Check that its workers have the same version of citytwin and reach the same "
                                      "folders."))

    def close(self) -> None:
        self._client.close()


def _quietly(function: Callable[..., Any], arguments: tuple):
    """Runs on a worker of the cluster."""
    from twin.frame import start_proj
    start_proj()
    return function(*arguments, Progress())


def crew(workers: int = 0, scheduler: str = "") -> LocalCrew | DaskCrew:
    """`scheduler`: the address of a Dask cluster; "" works on this machine's cores."""
    return DaskCrew(scheduler) if scheduler else LocalCrew(workers)
