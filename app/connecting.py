"""A table of readings on an engine of the user's own becomes a layer of sensors."""

from __future__ import annotations

from layers.sensor_points import SensorPoints
from twin.document import Document
from twin.history import engine_reader
from twin.layer import Source, new_id
from twin.readers import Info
from twin.text import tr


class Connecting:
    """Asks an engine in a worker what it holds, then commits its layer."""

    def __init__(self, window):
        self.window, self.session = window, window.session
        self._jobs: list = []

    def ask(self) -> None:
        from app import dialogs  # Qt, of which command line and workers need nothing
        url = dialogs.ask_address(self.window, tr("Connect to readings"),
                                  "postgresql://user@host:5432/database?table=readings")
        if url:
            self.begin(url)

    def begin(self, url: str) -> None:
        edits = self.session.edits
        self._jobs.append((url, edits, self.session.jobs.start(looked_at, url, label=tr("Connect to readings"))))

    def refresh(self) -> None:
        for url, edits, job in [x for x in self._jobs if not x[2].active]:
            self._jobs.remove((url, edits, job))
            if job.error:
                self.window.tell(str(job.error), "error")
            elif job.result and edits is self.session.edits:         # else another project is open by now
                document, layer, _ = layered(self.session.document, url, job.result)
                edits.commit(document, "Add layers")
                edits.seal()
                self.session.current_layer = layer.id


def connected(document: Document, url: str, observed: str = "") -> tuple[Document, SensorPoints, Info]:
    """The document with a layer that shows the table. Asks the engine; raises Trouble where it does not answer."""
    return layered(document, url, looked_at(url), observed)


def looked_at(url: str, progress=None) -> Info:
    """What the engine says about itself; also runs in a worker."""
    return engine_reader.inspect(None, Source(path=url))[0]


def layered(document: Document, url: str, info: Info, observed: str = "") -> tuple[Document, SensorPoints, Info]:
    layer = SensorPoints(id=new_id("sensors"), name=info.name, observed=observed or info.suggest.get("observed", ""),
                         source=Source(path=url, reader=engine_reader.NAME))
    return document.with_layer(layer), layer, info
