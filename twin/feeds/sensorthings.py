"""An OGC SensorThings server: its datastreams with places and units, and window by window what they observed.

"The newest of every datastream" is a query that real servers time out on. So observations are asked for by time, a
page after the other, each window reaching back a little: what is late still comes, and what came already is known by
its key.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import quote, urljoin

from twin import times
from twin.feeds.decoding import Readings
from twin.feeds.feed import Feed
from twin.feeds.polling import Ask, Get
from twin.feeds.stamps import instant
from twin.history.columns import neat_unit
from twin.sensors import OK, Datastream
from twin.text import tr

FIRST_WINDOW_NS, OVERLAP_NS = times.DAY, times.HOUR
LIST_SECS = 3600.0                       # between looks at the list of datastreams
PAGE = 1000
MOST_PAGES = 100_000                     # a server whose pages lead back to themselves
NEXT = "@iot.nextLink"


class SensorThings:
    """One round is `ask(get)`. `now_ns()` is the clock."""

    def __init__(self, feed: Feed, now_ns=time.time_ns):
        self.root, self.now_ns = feed.url.rstrip("/") + "/", now_ns
        self.streams: dict[str, Datastream] = {}
        self._listed = -1e9
        self._since_ns = now_ns() - FIRST_WINDOW_NS
        self._told: set[str] = set()

    def ask(self, get: Get) -> Iterator[tuple[str, bytes, Readings]]:
        if time.monotonic() - self._listed > LIST_SECS:
            self.streams = streams_of(get, self.root)
            self._listed = time.monotonic()
        until_ns = self.now_ns()
        text = times.iso(self._since_ns // times.SECOND * times.SECOND, "UTC").replace("+00:00", "Z")
        address = (f"{self.root}Observations?$filter={quote(f'phenomenonTime ge {text}')}&$orderby=phenomenonTime"
                   f"&$expand={quote('Datastream($select=@iot.id)')}&$top={PAGE}")
        for page, body in pages(get, address):
            yield "Observations", body[:4000], self._readings(page)
        self._since_ns = until_ns - OVERLAP_NS

    def _readings(self, page: list[dict]) -> Readings:
        out = Readings()
        for said in page:
            stream = self.streams.get(str((said.get("Datastream") or {}).get("@iot.id")))
            value, time_ns = said.get("result"), instant(said.get("phenomenonTime"), "", "UTC")
            if stream is None or time_ns is None or not isinstance(value, int | float):
                reason = tr("no datastream of the server's list") if stream is None else \
                    tr("the time cannot be read") if time_ns is None else tr("the value is no number")
                out.rejects.append((reason, str(said)[:200]))
                continue
            if stream.id not in self._told:
                self._told.add(stream.id)
                out.streams.append(stream)
            out.ids.append(stream.id)
            out.times_ns.append(time_ns)
            out.values.append(float(value))
            out.quality.append(OK)
        return out


def asking(feed: Feed) -> Ask:
    return SensorThings(feed).ask


def pages(get: Get, address: str) -> Iterator[tuple[list[dict], bytes]]:
    """Every page of a list, with lists inside its entities complete as well."""
    for _ in range(MOST_PAGES):
        body = get(address)
        page = json.loads(body)
        for entity in page["value"]:
            complete(get, entity, address)
        yield page["value"], body
        if not page.get(NEXT):
            return
        address = urljoin(address, page[NEXT])


def complete(get: Get, entity: dict, address: str) -> None:
    """Fetch what an entity's expanded lists left out, at every depth."""
    for name in [n for n in entity if n.endswith(NEXT)]:
        inside = entity.setdefault(name.removesuffix(NEXT), [])
        for more, _ in pages(get, urljoin(address, entity.pop(name))):
            inside += more
    for value in list(entity.values()):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict) and any(key.startswith("@iot") or key.endswith(NEXT) for key in child):
                complete(get, child, address)


def streams_of(get: Get, root: str) -> dict[str, Datastream]:
    """The datastreams of a server by their own id there. Two of one name are told apart by their thing."""
    expand = quote("Thing($expand=Locations),ObservedProperty")
    found = [entity for page, _ in pages(get, f"{root}Datastreams?$expand={expand}&$top={PAGE}") for entity in page]
    names = [str(entity.get("name") or entity["@iot.id"]) for entity in found]
    out = {}
    for name, entity in zip(names, found):
        thing = str((entity.get("Thing") or {}).get("name") or (entity.get("Thing") or {}).get("@iot.id") or "")
        id = name if names.count(name) == 1 else f"{thing}/{name}" if thing else f"{name} {entity['@iot.id']}"
        property = str((entity.get("ObservedProperty") or {}).get("name") or name)
        unit = neat_unit(str((entity.get("unitOfMeasurement") or {}).get("symbol") or ""))
        out[str(entity["@iot.id"])] = Datastream(id=id, name=name, thing=thing, property=property, unit=unit,
                                                 **_place(entity))
    return out


def _place(entity: dict) -> dict:
    """Of the observed area, else of the thing's first location; nothing where neither is a point."""
    locations = (entity.get("Thing") or {}).get("Locations") or [{}]
    for said in (entity.get("observedArea") or {}, locations[0].get("location") or {}):
        geometry = said.get("geometry") or said
        if geometry.get("type") == "Point":
            lon, lat = geometry["coordinates"][:2]
            return {"x": float(lon), "y": float(lat), "crs": "EPSG:4326"}
    return {}
