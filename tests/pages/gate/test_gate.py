"""Who comes in: what the settings say, and whom the claims of a sign-in make of somebody."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from mild.access import LOCAL, Role, Rules, User
from mild.access.door import Door
from mild.errors import AccessError
from mild.ui.gate import policy, who
from mild.ui.gate.connections import is_known
from mild.ui.gate.policy import Policy
from tests.access.as_role import asking
from tests.conftest import PROJECT
from tests.pages.conftest import OpenPage, words

AUTH = {"redirect_uri": "http://localhost/oauth2callback", "cookie_secret": "x" * 32}
ANNA = {"is_logged_in": True, "email": "Anna@example.org", "email_verified": True, "name": "Anna"}


@pytest.fixture(autouse=True)
def _nothing_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "_settled", None)


def _with_secrets(monkeypatch: pytest.MonkeyPatch, secrets: Mapping[str, Any]) -> None:
    monkeypatch.setattr(policy, "_secrets", lambda: secrets)


def _signing_in(monkeypatch: pytest.MonkeyPatch, claims: Mapping[str, Any], **more: Any) -> User:
    """Whom these claims make of somebody."""
    rules = Rules(people={"anna@example.org": Role.OWNER})
    policy.settle(Policy(door=Door(address="0.0.0.0", signs_in=True), rules=rules, **more))
    monkeypatch.setattr(st, "user", _Claims(claims))
    monkeypatch.setattr(who, "get_script_run_ctx", lambda **_: object())
    return who.user()


class _Claims(dict[str, Any]):
    def to_dict(self) -> dict[str, Any]:
        return dict(self)


def test_without_secrets_the_one_at_this_machine_owns_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_secrets(monkeypatch, {})
    assert policy.policy().door == Door(address="127.0.0.1")
    assert who.user() is LOCAL


def test_a_sign_in_without_anybody_who_has_a_role_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _with_secrets(monkeypatch, {"auth": AUTH})
    with pytest.raises(AccessError, match="nobody has a role: name an owner"):
        policy.read_settings()
    _with_secrets(monkeypatch, {"auth": AUTH, "mild": {"roles": {"owner": ["a@b.org"]}}})
    assert policy.read_settings().door.signs_in
    (tmp_path / "roles.toml").write_text("[roles]\n")
    monkeypatch.setenv(policy.ROLES_FILE, str(tmp_path / "roles.toml"))
    with pytest.raises(AccessError, match="nobody has a role"):
        policy.read_settings()


def test_secrets_that_cannot_be_read_do_not_open_the_door(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from streamlit import config
    from streamlit.runtime.secrets import Secrets

    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\n")
    monkeypatch.setattr(st, "secrets", Secrets())
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(broken)])
    try:
        with pytest.raises(AccessError, match="secrets cannot be read"):
            policy.read_settings()
    finally:
        config.set_option("secrets.files", before)
    _with_secrets(monkeypatch, {"auth": "yes"})
    with pytest.raises(AccessError, match="is no table"):
        policy.read_settings()


@pytest.mark.parametrize("secret", ["", "...", "x" * 31, 12])
def test_what_cookies_are_signed_with_cannot_be_guessed(
    monkeypatch: pytest.MonkeyPatch, secret: str | int
) -> None:
    mild = {"roles": {"owner": ["a@b.org"]}}
    _with_secrets(monkeypatch, {"auth": AUTH | {"cookie_secret": secret}, "mild": mild})
    with pytest.raises(AccessError, match="whoever guesses it can sign in as anybody"):
        policy.read_settings()


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("global.developmentMode", True, "global.developmentMode on"),
        ("server.enableCORS", False, "server.enableCORS"),
        ("server.enableXsrfProtection", False, "server.enableXsrfProtection"),
        ("server.allowedHosts", ["localhost", " * "], "has a *"),
        ("server.address", "unix:///run/mild.socket", "others can reach it"),
        ("server.address", "127.1", "others can reach it"),
    ],
)
def test_a_setting_that_opens_the_door_keeps_it_shut(
    setting: str, value: Any, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = config.get_option
    monkeypatch.setattr(config, "get_option", lambda key: value if key == setting else own(key))
    _with_secrets(monkeypatch, {})
    assert why in (policy.policy().door.refusal() or "")
    assert who.user() == User()


def test_an_address_that_the_provider_vouches_for_gives_its_role(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _signing_in(monkeypatch, ANNA)
    assert found == User(name="Anna", email="Anna@example.org", role=Role.OWNER)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"is_logged_in": False, "email": "anna@example.org", "email_verified": True},
        ANNA | {"is_logged_in": "true"},
        ANNA | {"email_verified": False},
        ANNA | {"email_verified": "true"},
        {name: ANNA[name] for name in ("is_logged_in", "email", "name")},
        ANNA | {"email": None},
        ANNA | {"email": "eve@example.org"},
    ],
)
def test_anything_less_gives_none(claims: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert _signing_in(monkeypatch, claims).role is Role.NONE


def test_an_address_nobody_vouches_for_counts_only_where_the_settings_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claims = ANNA | {"email_verified": False}
    assert _signing_in(monkeypatch, claims, unverified=True).role is Role.OWNER


def test_outside_of_a_session_nobody_has_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    _signing_in(monkeypatch, ANNA)
    monkeypatch.setattr(who, "get_script_run_ctx", lambda **_: None)
    assert who.user() == User()


def test_a_change_in_the_file_of_roles_counts_at_once_and_a_broken_one_gives_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "roles.toml"
    for number, (text, role) in enumerate(
        (
            ("[roles]\nowner = ['anna@example.org']\n", Role.OWNER),
            ("[roles]\nviewer = ['anna@example.org']\n", Role.VIEWER),
            ("[roles\n", Role.NONE),
            ("[roles]\nreviewer = ['@example.org']\n", Role.REVIEWER),
        )
    ):
        file.write_text(text)
        os.utime(file, (number, number))
        assert _signing_in(monkeypatch, ANNA, roles_file=file).role is role
    text = file.read_text()
    file.write_text(text.replace("reviewer", "viewer  "))  # as long, and put back in time:
    os.utime(file, (number, number))
    assert who.user().role is Role.VIEWER
    file.unlink()
    assert who.user().role is Role.NONE


@pytest.mark.parametrize(
    ("host", "names", "known"),
    [
        ("127.0.0.1:8501", ["data.example.org"], True),
        ("[::1]:8501", ["127.0.0.1"], True),
        ("Data.Example.org", ["data.example.org"], True),
        ("me-mild.hf.space", ["*.hf.space"], True),
        ("hf.space.evil.example", ["*.hf.space"], False),
        ("evil.example:8501", ["127.0.0.1", "localhost"], False),
        ("", ["127.0.0.1"], False),
        ("[", ["127.0.0.1"], False),
        ("evil.example", [], True),
    ],
)
def test_only_names_that_are_its_own_are_answered(host: str, names: list[str], known: bool) -> None:
    assert is_known(host, names) is known


def test_a_page_that_was_started_past_the_server_shows_the_refusal_and_nothing_else(
    open_page: OpenPage,
) -> None:
    policy.settle(Policy(door=Door(address="0.0.0.0"), rules=Rules()))
    with asking(Role.NONE):
        for page in ("runs", "new_run"):
            app = open_page(page)
            assert "unsafe-everyone-may-train" in words(app)
            assert not app.button


def test_a_page_whose_file_is_all_that_was_started_asks_who_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        policy, "read_settings", lambda: Policy(door=Door(address="0.0.0.0"), rules=Rules())
    )
    with asking(Role.OWNER):  # until the page asks
        app = AppTest.from_file(str(PROJECT / "pages" / "live.py")).run()
    assert "unsafe-everyone-may-train" in words(app)
    assert not app.button


def test_a_page_whose_file_is_all_that_was_started_is_shown_to_no_browser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _with_secrets(monkeypatch, {})
    monkeypatch.setattr(who, "_is_served", lambda: True)
    with asking(Role.OWNER):
        app = AppTest.from_file(str(PROJECT / "pages" / "live.py")).run()
    assert "Start the dashboard as a whole" in words(app)
    assert not app.button
