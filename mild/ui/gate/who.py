"""Whose session this is, by the sign-in of streamlit."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mild.access import LOCAL, User
from mild.ui.gate import policy


def user() -> User:
    """Return the user of this session; nobody outside of a session."""
    held = policy.policy()
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


def signed_in() -> bool:
    """Tell whether whoever looks at this page has signed in, whatever their role."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return False
    return st.user.get("is_logged_in") is True
