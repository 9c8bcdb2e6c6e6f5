"""Where the dashboard may listen: on this machine; elsewhere with a sign-in or a word for it."""

from __future__ import annotations

import pytest

from mild.access.door import UNSAFE, UNSAFE_VARIABLE, Door, said_unsafe

LOCAL = ("127.0.0.1", "127.8.0.1", "localhost", "::1", "[::1]", "::ffff:127.0.0.1")
ELSEWHERE = (
    None, "", "0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "::ffff:10.0.0.1", "example.org",
    "localhost.example.org", "127.0.0.1.example.org", "127.1", "unix:///tmp/socket",
)  # fmt: skip


@pytest.mark.parametrize("address", LOCAL)
def test_on_this_machine_it_opens_and_whoever_comes_owns_it(address: str) -> None:
    door = Door(address=address)
    assert door.refusal() is None
    assert door.everyone
    assert not door.shared


@pytest.mark.parametrize("address", ELSEWHERE)
def test_elsewhere_it_opens_only_with_a_sign_in_or_a_word(address: str | None) -> None:
    why = Door(address=address).refusal()
    assert why is not None
    assert UNSAFE in why
    assert not Door(address=address).everyone
    assert Door(address=address, signs_in=True).refusal() is None
    assert not Door(address=address, signs_in=True).everyone
    assert Door(address=address, unsafe=True).refusal() is None
    assert Door(address=address, unsafe=True).everyone


def test_with_a_sign_in_the_word_opens_nothing_more() -> None:
    assert not Door(address="0.0.0.0", signs_in=True, unsafe=True).everyone


def test_headers_that_anybody_can_write_are_believed_on_this_machine_only() -> None:
    assert Door(address="127.0.0.1", signs_in=True, believes_headers=True).refusal() is None
    why = Door(address="0.0.0.0", signs_in=True, believes_headers=True).refusal()
    assert why is not None
    assert "server.trustedUserHeaders" in why


def test_pages_of_other_sites_are_let_in_nowhere() -> None:
    for address in ("127.0.0.1", "0.0.0.0"):
        why = Door(address=address, signs_in=True, open_to_pages=True).refusal()
        assert why is not None
        assert "server.enableCORS" in why
    assert Door(address="127.0.0.1", unsafe=True, open_to_pages=True).refusal() is None


def test_a_name_of_anybodys_leads_to_no_dashboard_that_asks_nobody_who_they_are() -> None:
    why = Door(address="127.0.0.1", any_name=True).refusal() or ""
    assert why.startswith("server.allowedHosts has a *:")
    assert Door(address="127.0.0.1", any_name=True, signs_in=True).refusal() is None
    assert Door(address="0.0.0.0", any_name=True, unsafe=True).refusal() is None


def test_a_page_started_past_the_server_lets_nobody_in() -> None:
    for more in ({}, {"signs_in": True}, {"unsafe": True}):
        why = Door(address="127.0.0.1", past_the_server=True, **more).refusal() or ""
        assert "mild show, or streamlit run app.py" in why


def test_the_word_is_said_in_full() -> None:
    assert said_unsafe([UNSAFE], {})
    assert said_unsafe([], {UNSAFE_VARIABLE: "1"})
    assert not said_unsafe(["--unsafe"], {UNSAFE_VARIABLE: "0"})
    assert not said_unsafe([f"{UNSAFE}=no"], {})
