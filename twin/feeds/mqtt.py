"""Readings from an MQTT broker, 3.1.1 or 5: acknowledged only when they are stored."""

from __future__ import annotations

import socket
import ssl
import time
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from twin.feeds.feed import Feed
from twin.feeds.inbox import Inbox, Message
from twin.feeds.tally import Tally
from twin.text import tr
from twin.trouble import Trouble

PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
KEEP_SECS = 7 * 86_400                   # for so long a broker is asked to keep what comes meanwhile
LARGEST = 16 << 20                       # bytes of a payload
LONGEST_PAUSE_SECS = 60
NO_SESSION = "No lasting session: what is sent while nobody listens is lost."
DROPPED, VERSION = "$SYS/broker/publish/messages/dropped", "$SYS/broker/version"


def client_id(feed: Feed, project: Path) -> str:
    """The same at every start, another on every machine and for every project: it names the session at the broker."""
    mark = sha256(f"{socket.gethostname()}|{project.absolute()}".encode()).hexdigest()[:10]
    return feed.client_id or f"citytwin-{feed.id}-{mark}"


def is_topic(filter: str) -> bool:
    """Whether MQTT knows such a filter of topics (4.7.1 of the standard); asking for another ends paho's thread."""
    *levels, last = filter.split("/")
    whole = all(level == "+" or not {"+", "#"} & set(level) for level in (*levels, "" if last == "#" else last))
    return whole and 0 < len(filter.encode()) < 65_536 and "\0" not in filter


class MqttFeed:
    """A connection in a thread of its own, which comes back after every loss."""

    def __init__(self, feed: Feed, inbox: Inbox, tally: Tally, project: Path, password: str = ""):
        self.feed, self.inbox, self.tally = feed, inbox, tally
        self._generation = 0             # of the connection: what an older one brought is not acknowledged on this one
        self._connections = 0
        self._refused = False
        self._asked = 0                  # number of the packet that asked for the topics
        self._dropped: int | None = None
        self._client = self._made(client_id(feed, project), password)

    def start(self) -> None:
        try:
            self._client.loop_start()
        except (OSError, ValueError) as error:
            raise Trouble(tr("The feed cannot be started."), cause=str(error), path=self.feed.url) from None

    def stop(self) -> None:
        """Leave; the broker keeps the session."""
        self._client.disconnect()
        self._client.loop_stop()
        self.tally.state = "stopped"

    # -- making ---------------------------------------------------------------------------------------

    def _made(self, name: str, password: str):
        from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv5, MQTTv311
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties
        feed, address = self.feed, urlsplit(self.feed.url)
        if address.scheme not in PORTS or not address.hostname:
            raise Trouble(tr("“{url}” is no address of a broker.", url=feed.url),
                          way_out=tr("Write it as mqtt://host:1883 or mqtts://host:8883."))
        for topic in feed.topics:
            if not is_topic(topic):
                raise Trouble(tr("“{topic}” is no topic that one can ask for.", topic=topic),
                              way_out=tr("+ stands for one whole level, # for all that follow: city/+/noise, city/#."))
        five = feed.protocol == "5"
        client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTv5 if five else MQTTv311, manual_ack=True,
                        clean_session=None if five else not feed.keep_session,
                        transport="websockets" if address.scheme.startswith("ws") else "tcp")
        if address.scheme in ("mqtts", "wss"):
            client.tls_set_context(_context(feed))
        if address.path and address.scheme.startswith("ws"):
            client.ws_set_options(path=address.path)
        if feed.user:
            client.username_pw_set(feed.user, password or None)
        client.reconnect_delay_set(1, LONGEST_PAUSE_SECS)
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_connect_fail = self._failed
        client.on_subscribe, client.on_message = self._subscribed, self._arrived
        more = {}
        if five:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = KEEP_SECS if feed.keep_session else 0
            properties.MaximumPacketSize = LARGEST + 70_000
            more = {"clean_start": not feed.keep_session, "properties": properties}
        client.connect_async(address.hostname, address.port or PORTS[address.scheme], keepalive=30, **more)
        if feed.qos == 0:
            self.tally.warn(tr("QoS 0: what is sent while the connection or the disk fails is lost. Ask for QoS 1."))
        if not feed.keep_session:
            self.tally.warn(tr(NO_SESSION))
        return client

    # -- what paho's thread says ------------------------------------------------------------------------

    def _connected(self, client, userdata, flags, reason, properties) -> None:
        self._refused = reason.is_failure
        if self._refused:
            self.tally.state, self.tally.error = "waiting", tr("The broker refuses: {reason}", reason=reason)
            return
        self._generation += 1
        self._connections += 1
        if self._connections > 1:
            self.tally.reconnects += 1
            if self.feed.keep_session and not flags.session_present:
                self.tally.warn(tr("The broker had forgotten the session when the connection came back: what was sent "
                                   "meanwhile is lost. Let it keep its state on the disk."))
        self._judge(properties)
        _, self._asked = client.subscribe(
            [(topic, self._options()) for topic in self.feed.topics] if self.feed.protocol == "5"
            else [(topic, self.feed.qos) for topic in self.feed.topics])
        client.subscribe([(DROPPED, self._options(0)), (VERSION, self._options(0))] if self.feed.protocol == "5"
                         else [(DROPPED, 0), (VERSION, 0)])

    def _options(self, qos: int | None = None):
        from paho.mqtt.subscribeoptions import SubscribeOptions
        return SubscribeOptions(qos=self.feed.qos if qos is None else qos)

    def _judge(self, properties) -> None:
        """What a broker of MQTT 5 says of itself."""
        if properties is None:
            return
        kept = getattr(properties, "SessionExpiryInterval", None)
        if self.feed.keep_session and kept is not None and kept < KEEP_SECS:
            self.tally.warn(tr("The broker keeps the session for {secs} s only: what is sent after a longer pause is "
                               "lost.", secs=kept))
        if getattr(properties, "MaximumQoS", 2) < self.feed.qos:
            self.tally.warn(tr("The broker gives QoS {given} instead of {asked}: messages can be lost.",
                               given=properties.MaximumQoS, asked=self.feed.qos))

    def _subscribed(self, client, userdata, mid, reasons, properties) -> None:
        """Only now the broker keeps what comes: a connection alone says nothing of it."""
        if mid != self._asked:
            return                       # what it says of itself: it may keep that to itself
        refused = [tr("The broker refuses the topic {topic}: {reason}", topic=topic, reason=reason)
                   for topic, reason in zip(self.feed.topics, reasons) if reason.is_failure]
        for said in refused:
            self.tally.warn(said)
        none = len(refused) == len(self.feed.topics)
        self.tally.state, self.tally.error = ("waiting", refused[0]) if none and refused else ("connected", "")

    def _disconnected(self, client, userdata, flags, reason, properties) -> None:
        self._generation += 1
        if self.tally.state != "stopped" and not self._refused:
            self.tally.state = "waiting"
            self.tally.error = tr("The connection was lost: {reason}", reason=reason) if reason.is_failure else ""

    def _failed(self, client, userdata) -> None:
        self.tally.state = "waiting"
        self.tally.error = tr("The broker cannot be reached; tried again with growing pauses.")

    def _arrived(self, client, userdata, message) -> None:
        topic, payload = message.topic, message.payload
        if topic.startswith("$SYS/"):
            self._about_broker(topic, payload)
            client.ack(message.mid, message.qos)
            return
        if not asked_for(topic, self.feed.topics):           # a kept session still has what was asked for before
            client.ack(message.mid, message.qos)
            return
        done = partial(self._acknowledge, self._generation, message.mid, message.qos) if message.qos else _nothing
        said = Message(self.feed.id, topic, payload[:LARGEST], time.time_ns(), done,
                       number=message.mid if message.qos else 0, again=message.dup)
        if message.qos:
            self.inbox.put(said)
        elif not self.inbox.put(said, timeout_secs=1.0):
            self.tally.lost += 1

    def _acknowledge(self, generation: int, mid: int, qos: int) -> None:
        """On the connection that brought it only: on another the number may be that of another message."""
        if generation == self._generation:
            self._client.ack(mid, qos)

    def _about_broker(self, topic: str, payload: bytes) -> None:
        if topic == VERSION:
            if payload.startswith(b"mosquitto") and self.feed.keep_session:
                self.tally.warn(tr("Mosquitto keeps 1,000 messages for a session by default and drops the rest: set "
                                   "max_queued_messages 0 (and persistence true) in mosquitto.conf."))
            return
        dropped = int(payload) if payload.isdigit() else 0
        if self._dropped is not None and dropped > self._dropped:
            self.tally.warn(tr("The broker has dropped messages of some client: its queue is too short."))
        self._dropped = dropped


def asked_for(topic: str, filters: tuple[str, ...]) -> bool:
    """Whether any of the filters, plain or shared (`$share/GROUP/FILTER`), asks for a topic."""
    from paho.mqtt.client import topic_matches_sub
    return any(topic_matches_sub(f.split("/", 2)[2] if f.startswith("$share/") and f.count("/") > 1 else f, topic)
               for f in filters)


def _context(feed: Feed) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=feed.ca_file or None)
    except OSError as error:
        raise Trouble(tr("The certificates cannot be read."), cause=str(error), path=feed.ca_file) from None


def _nothing() -> None:
    """QoS 0 is not acknowledged."""
