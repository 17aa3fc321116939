"""Which class every feature of a layer with colour rules belongs to: found in a thread, in step with the document."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from twin.assets import LOADING
from twin.ruling import Ruling, ruled


class Rulings:
    """`now`: {layer: Ruling}; another dict where any differs. The former one stays until the next is found."""

    def __init__(self, session):
        self.session = session
        self.now: dict[str, Ruling] = {}
        self._made: dict[str, tuple] = {}            # what each was found for
        self._asked: dict[str, tuple[tuple, Future]] = {}
        self._followed: tuple = ()
        self._worker: ThreadPoolExecutor | None = None

    def tick(self) -> None:
        document, assets = self.session.document, self.session.assets
        self._take()
        followed = (document, assets.revision)
        if followed != self._followed:
            self._followed = followed
            self._follow(document, assets)

    @property
    def searching(self) -> bool:
        return bool(self._asked)

    def _follow(self, document, assets) -> None:
        layers = {x.id: x for x in document.layers if getattr(x, "ruled", False) and x.rules}
        for layer in layers.values():
            asset = assets.held(layer, document.frame, document.time_zone)
            there = asset and asset.state != LOADING and asset.payload is not None
            features = asset.payload.features if there else None
            blocks = getattr(asset.payload, "blocks", None) if there else None
            more = self._more(document, getattr(layer, "joined", ""))
            wanted = (features, blocks, more, (tuple(rule.where for rule in layer.rules), document.words))
            asked = self._asked[layer.id][0] if layer.id in self._asked else self._made.get(layer.id)
            if features is not None and not self._awaits(document, layer) and not _same(wanted, asked):
                self._worker = self._worker or ThreadPoolExecutor(1, thread_name_prefix="rules")
                self._asked[layer.id] = (wanted, self._worker.submit(ruled, features, layer.rules, blocks, more,
                                                                        document.words))
        if gone := self.now.keys() - layers.keys():
            self.now = {id: one for id, one in self.now.items() if id not in gone}
            for id in gone:
                self._made.pop(id, None)

    def _awaits(self, document, layer) -> bool:
        """Whether what it is joined with is still read: without it rules look as if nobody could understand them."""
        id = getattr(layer, "joined", "")
        asset = self.session.asset(id) if id and document.layer(id) is not None else None
        return asset is not None and asset.state == LOADING

    def _more(self, document, id: str):
        """What another layer, shown or not, says of the same things; None as long as nobody has read it."""
        asset = self.session.asset(id) if id and document.layer(id) is not None else None
        there = asset is not None and asset.state != LOADING and asset.payload is not None
        return asset.payload.features if there else None

    def _take(self) -> None:
        done = {id: asked for id, asked in self._asked.items() if asked[1].done()}
        for id, (wanted, future) in done.items():
            del self._asked[id]
            self._made[id] = wanted
            self.now = {**self.now, id: future.result()}
        if done:
            self._followed = ()

    def close(self) -> None:
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)


def _same(a: tuple, b: tuple | None) -> bool:
    return b is not None and all(x is y for x, y in zip(a[:3], b[:3])) and a[3] == b[3]
