"""How this server is reached and who has which role: settled once, when it starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitSecretNotFoundError

from mild.access import Role, Rules, read_rules, rules_in
from mild.access.door import Door, said_unsafe
from mild.errors import AccessError

ROLES_FILE = "MILD_ROLES_FILE"
LEAST_SECRET = 32
"""Characters of what cookies are signed with: whoever guesses it is whoever they like."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What decides who may do what."""

    door: Door
    rules: Rules
    """As they were when the server started; `roles_file` goes before them."""
    roles_file: Path | None = None
    """Read again whenever it has changed."""
    unverified: bool = False
    """Whether an address counts that the provider does not vouch for."""
    encrypted: bool = False
    """Whether browsers come by https."""
    providers: tuple[str, ...] = ()
    """Names of several ways to sign in; empty where there is one."""


_settled: Policy | None = None


def settle(policy: Policy) -> None:
    """Make this policy hold for the whole process."""
    global _settled  # one process serves one dashboard
    _settled = policy


def is_settled() -> bool:
    """Whether a policy holds already."""
    return _settled is not None


def policy() -> Policy:
    """Return the policy that holds; at first, where no server has settled one, the settings'."""
    if _settled is None:
        settle(read_settings())
    assert _settled is not None
    return _settled


def read_settings() -> Policy:
    """Read streamlit's settings and secrets, the command line and the environment.

    Raises
    ------
    AccessError
        If they cannot be understood, or nobody could come in.
    """
    secrets = _secrets()
    auth, own = _table(secrets, "auth"), _table(secrets, "mild")
    door = Door(
        address=config.get_option("server.address"),
        signs_in=bool(auth),
        unsafe=said_unsafe(sys.argv[1:]),
        believes_headers=bool(config.get_option("server.trustedUserHeaders")),
        open_to_pages=not (
            config.get_option("server.enableCORS")
            and config.get_option("server.enableXsrfProtection")
            and not config.get_option("global.developmentMode")
        ),
        any_name="*" in map(str.strip, config.get_option("server.allowedHosts") or ()),
    )
    if door.signs_in:
        _check_secret(auth)
    file = Path(os.environ[ROLES_FILE]) if os.environ.get(ROLES_FILE) else None
    rules = rules_in(_table(own, "roles"), "[mild.roles]")
    if door.signs_in and not (read_rules(file) if file else rules).name_somebody:
        raise AccessError(
            "A sign-in is set up, but nobody has a role: name an owner under [mild.roles] in "
            f".streamlit/secrets.toml, or in the file that {ROLES_FILE} names (docs/remote.md)."
        )
    return Policy(
        door=door,
        rules=rules,
        roles_file=file,
        unverified=own.get("trust_unverified_email") is True,
        encrypted=str(auth.get("redirect_uri", "")).lower().startswith("https://"),
        providers=tuple(name for name, value in auth.items() if isinstance(value, Mapping)
                        and "client_id" in value),
    )  # fmt: skip


def role_of(email: str) -> Role:
    """Return the role of an address by the rules as they are now; none if they are unreadable."""
    held = policy()
    if held.roles_file is None:
        return held.rules.role_of(email)
    try:
        return _rules_of(held.roles_file).role_of(email)
    except AccessError:
        return Role.NONE


_read: dict[Path, tuple[tuple[int, ...], Rules]] = {}


def _rules_of(path: Path) -> Rules:
    """Read the file again where it is another one than last time."""
    try:
        stat = path.stat()
    except OSError as error:
        raise AccessError(f"{path}: cannot be read ({error.strerror}).") from None
    stamp = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
    if path not in _read or _read[path][0] != stamp:
        _read[path] = (stamp, read_rules(path))
    return _read[path][1]


def _check_secret(auth: Mapping[str, Any]) -> None:
    """Refuse what can be guessed to sign cookies with: streamlit only warns of it."""
    secret = str(auth.get("cookie_secret", config.get_option("server.cookieSecret")))
    if len(secret) < LEAST_SECRET:
        raise AccessError(
            f"cookie_secret under [auth] has {len(secret)} characters: whoever guesses it can sign "
            f"in as anybody. Give it {LEAST_SECRET} or more, drawn at random: "
            'python -c "import secrets; print(secrets.token_hex(32))"'
        )


def _secrets() -> Mapping[str, Any]:
    try:
        return st.secrets.to_dict()
    except StreamlitSecretNotFoundError as error:
        if error.error_id == "no-secrets-found":
            return {}
        raise AccessError(f"The secrets cannot be read: {error}") from None


def _table(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name, {})
    if not isinstance(found, Mapping):
        raise AccessError(
            f"[{name}] in .streamlit/secrets.toml is no table; docs/remote.md shows it."
        )
    return found
