"""Passwords of feeds and engines: in the environment of a headless machine, or in the keyring of the system.

Never in a file. `name`: what the variable of the environment is called by; `account`: user@place, "" = nobody's.
"""

from __future__ import annotations

import os
import re

from twin.text import tr
from twin.trouble import Trouble

SERVICE = "citytwin"


def variable(name: str) -> str:
    """The environment variable that holds a password."""
    return "CITYTWIN_PASSWORD_" + re.sub(r"\W", "_", name, flags=re.ASCII).upper()


def password(name: str, account: str) -> str:
    """ "" where nobody said one."""
    if variable(name) in os.environ:
        return os.environ[variable(name)]
    if not account:
        return ""
    import keyring
    try:
        return keyring.get_password(SERVICE, account) or ""
    except keyring.errors.KeyringError:
        return ""                        # a machine without a keyring: whoever needs one sees the other side's refusal


def keep(name: str, account: str, text: str) -> None:
    """Put a password into the keyring. Raises Trouble where the system has none."""
    import keyring
    try:
        keyring.set_password(SERVICE, account, text)
    except keyring.errors.KeyringError as error:
        raise Trouble(tr("The password could not be put into the keyring of the system."), cause=str(error),
                      way_out=tr("Set the environment variable {name} instead.", name=variable(name))) from None
