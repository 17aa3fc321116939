"""Passwords of feeds: in the environment of a headless machine, or in the keyring of the system. Never in a file."""

from __future__ import annotations

import os
import re

from twin.feeds.feed import Feed
from twin.text import tr
from twin.trouble import Trouble

SERVICE = "citytwin"


def variable(feed: Feed) -> str:
    """The name of the environment variable that holds a feed's password."""
    return "CITYTWIN_PASSWORD_" + re.sub(r"\W", "_", feed.id, flags=re.ASCII).upper()


def password(feed: Feed) -> str:
    """ "" where nobody said one."""
    if variable(feed) in os.environ:
        return os.environ[variable(feed)]
    if not feed.user:
        return ""
    import keyring
    try:
        return keyring.get_password(SERVICE, _account(feed)) or ""
    except keyring.errors.KeyringError:
        return ""                        # a machine without a keyring: whoever needs one sees the broker's refusal


def keep(feed: Feed, text: str) -> None:
    """Put a password into the keyring. Raises Trouble where the system has none."""
    import keyring
    try:
        keyring.set_password(SERVICE, _account(feed), text)
    except keyring.errors.KeyringError as error:
        raise Trouble(tr("The password could not be put into the keyring of the system."), cause=str(error),
                      way_out=tr("Set the environment variable {name} instead.", name=variable(feed))) from None


def _account(feed: Feed) -> str:
    return f"{feed.user}@{feed.url}"
