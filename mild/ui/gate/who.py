"""Whose session this is, by the sign-in of streamlit."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mild.access import LOCAL, User, asked_by
from mild.access.paths import close_all_places
from mild.ui.gate import policy


def ask_from_now_on() -> None:
    """Have every action ask whose session it is done in, where the server has not seen to it."""
    if not policy.is_settled():
        settled = policy.read_settings()
        door = replace(settled.door, past_the_server=_is_served())
        policy.settle(replace(settled, door=door))
        asked_by(user)
        if policy.policy().door.shared:
            close_all_places()


def user() -> User:
    """Return the user of this session; nobody outside of a session."""
    held = policy.policy()
    if held.door.refusal():
        return User()
    if held.door.everyone:
        return LOCAL
    if not held.door.signs_in or not signed_in():
        return User()
    claims = st.user.to_dict()
    email = str(claims.get("email") or "")
    name = str(claims.get("name") or "")
    vouched = claims.get("email_verified") is True or held.unverified
    if not email or not vouched:
        return User(name=name, email=email)
    return User(name=name, email=email, role=policy.role_of(email))


def _is_served() -> bool:
    """Tell whether a browser can be at the other end; in tests of pages nobody is."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime


def signed_in() -> bool:
    """Tell whether whoever looks at this page has signed in, whatever their role."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return False
    return st.user.get("is_logged_in") is True
