"""What somebody sees who is not let in: how to sign in, or why it does not help."""

from __future__ import annotations

import streamlit as st

from mild.access import User, current_user
from mild.ui.gate import policy, who
from mild.ui.words import plain

SHORT = 20
"""Characters of a name in the menu."""


def show() -> None:
    """Draw the whole page, whatever was asked for."""
    held = policy.policy()
    _, middle, _ = st.columns([1, 2, 1])
    with middle, st.container(border=True, key="sign in"):
        if why := held.door.refusal():
            st.error(plain(why), icon=":material/lock:")
        elif who.signed_in():
            _no_role(current_user(), unverified=held.unverified)
        else:
            _ask(held.providers)


def _ask(providers: tuple[str, ...]) -> None:
    st.title("Sign in to MILD", anchor=False)
    st.markdown(
        "Runs and images are shown to people whom the owner of this dashboard knows. Signing in "
        "tells it your name and e-mail address, and leads to the list of runs."
    )
    for name in providers or ("",):
        st.button(
            f"Sign in with {plain(name.capitalize())}" if name else "Sign in",
            type="primary", icon=":material/login:", key=f"sign in {name}", width="stretch",
            on_click=st.login, args=(name,) if name else (),
        )  # fmt: skip


def _no_role(user: User, *, unverified: bool) -> None:
    st.title("Not yet", anchor=False)
    st.markdown(f"You are signed in as **{plain(user.words)}**.")
    if not user.email:
        st.markdown("Your provider did not tell your e-mail address, by which roles are given.")
    elif not unverified and st.user.get("email_verified") is not True:
        st.markdown(
            f"Your provider does not vouch for the address {plain(user.email)}. Confirm it there, "
            "and sign in again."
        )
    else:
        st.markdown(
            f"{plain(user.email)} has no role here yet. Ask the owner of this dashboard for one, "
            "then reload this page."
        )
    st.button("Sign out", icon=":material/logout:", key="sign out", on_click=st.logout)


def show_user() -> None:
    """Show who is signed in and the way out, at the right of the menu; else nothing."""
    if not policy.policy().door.signs_in:
        return
    user = current_user()
    title = user.words if len(user.words) <= SHORT else f"{user.words[: SHORT - 1]}…"
    with (
        st.container(key="who", width="content"),  # its place is in page.css
        st.popover(plain(title), icon=":material/person:", key="who is in"),
    ):
        st.markdown(f"{plain(user.email)}  \nRole: **{user.role}**")
        st.button("Sign out", icon=":material/logout:", key="sign out", on_click=st.logout)
