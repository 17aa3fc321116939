"""A feed: where live readings come from and how they are read. Part of the project; credentials are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge

KINDS = ("mqtt", "sensorthings", "http", "gtfs-rt")


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """What a payload means. Paths lead into JSON: `data.0.value`; templates hold paths: `{device}/{topic[2]}`.

    `rows`: path of the list of readings, "" = the payload itself, one or a list. `values`: paths of the numbers;
    none = the payload is a plain number. `time` "" = the moment of arrival. A template may name `{topic}`, a level of
    it (`{topic[0]}`), and every field.
    """

    form: Literal["auto", "number", "json", "sensorthings"] = "auto"
    rows: str = ""
    id: str = ""                         # template; "" = the topic, or what the payload calls itself
    values: tuple[str, ...] = ()
    time: str = ""
    time_unit: Literal["", "s", "ms", "us", "ns"] = ""      # of numbers; "" = told by their size
    property: str = ""                   # template
    unit: str = ""                       # template
    quality: str = ""                    # path
    lon: str = ""                        # paths of the place, WGS 84
    lat: str = ""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """`url`: mqtt://, mqtts://, ws://, wss:// of a broker, http(s):// of a server. The password is in the keyring or in
    the environment (twin/passwords.py)."""

    id: str
    name: str
    kind: Literal["mqtt", "sensorthings", "http", "gtfs-rt"] = "mqtt"
    url: str = ""
    active: bool = True
    user: str = ""
    topics: tuple[str, ...] = ("#",)
    qos: Literal[0, 1, 2] = 1
    protocol: Literal["3.1.1", "5"] = "5"
    client_id: str = ""                  # "" = one that stays the same for this project on this machine
    keep_session: bool = True            # the broker keeps what comes while nobody listens
    ca_file: str = ""                    # certificates that are trusted; "" = those of the system
    every_secs: Annotated[float, Ge(1.0)] = 30.0            # between polls
    mapping: Mapping = Mapping()

    @property
    def one_sensor(self) -> str:
        """The id under which all that comes from many topics or rows is kept, because no part of the message is in its
        template; "" = not so. What several sensors say at one instant would then be taken for repetitions."""
        many = self.kind != "mqtt" or bool(self.mapping.rows) or any(w in t for t in self.topics for w in "+#")
        return self.mapping.id if many and "{" not in self.mapping.id else ""

    @property
    def account(self) -> str:
        """Whose password it takes, in the keyring; "" = none."""
        return f"{self.user}@{self.url}" if self.user else ""
