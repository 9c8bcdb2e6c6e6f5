"""Signing in with a provider on this machine: what strangers, viewers and owners see and can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mild.store.review.decisions import decisions
from mild.store.run import Run
from mild.ui.frame.shell import stems
from tests.browser.conftest import Dashboard, free_port, serving, wait_until_quiet
from tests.browser.server import raw_session
from tests.runs_for_tests import write_run

pytest.importorskip("authlib", reason="signing in needs Authlib")
from tests.browser.server.oidc_provider import Provider, providing

pytestmark = pytest.mark.browser

ROLES = """
[roles]
owner = [{owners}]
viewer = ["@example.org"]
"""


@dataclass(frozen=True)
class Guarded:
    """A dashboard that asks who somebody is, its provider, and a stopped run in it."""

    dashboard: Dashboard
    provider: Provider
    roles: Path
    run: Run

    def own(self, *emails: str) -> None:
        """Make these its owners, and nobody else."""
        self.roles.write_text(ROLES.format(owners=", ".join(f'"{item}"' for item in emails)))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    port = free_port()
    url = f"http://localhost:{port}"
    with providing() as provider:
        secrets, roles = folder / "secrets.toml", folder / "roles.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "{url}/oauth2callback"\n'
            f'cookie_secret = "{"of the test " * 4}"\n{provider.settings()}'
        )
        roles.write_text(ROLES.format(owners='"anna@example.org"'))
        environment = {"STREAMLIT_SECRETS_FILES": str(secrets), "MILD_ROLES_FILE": str(roles)}
        with serving(folder / "runs", port=port, environment=environment) as found:
            run = write_run(folder / "runs", name="confidential", until="stopped")
            dashboard = Dashboard(url=url, pid=found.pid, runs_root=found.runs_root)
            yield Guarded(dashboard, provider, roles, run)


@pytest.fixture
def context(browser: Browser, guarded: Guarded) -> Iterator[BrowserContext]:
    guarded.own("anna@example.org")
    context = browser.new_context()
    yield context
    context.close()


def _sign_in(page: Page, guarded: Guarded, name: str) -> None:
    email = f"{name.lower()}@example.org"
    guarded.provider.person = {"name": name, "email": email, "email_verified": True}
    page.goto(guarded.dashboard.url)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{guarded.dashboard.url}/")
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
    wait_until_quiet(page)


def test_a_stranger_is_told_nothing_but_how_to_sign_in_at_whatever_address(
    guarded: Guarded,
) -> None:
    query = f"run={guarded.run.run_id}"
    with raw_session.opened(guarded.dashboard.url) as session:
        for page in ("", "home", *stems(), "nowhere"):
            found = session.run(page, query)
            assert set(raw_session.buttons(found)) == {"Sign in"}, page
            assert "Runs and images are shown to people whom" in raw_session.text(found)
        assert "confidential" not in raw_session.text(session.seen)


def test_a_viewer_looks_and_nothing_that_acts_is_there_or_can_be_forged(
    context: BrowserContext, guarded: Guarded
) -> None:
    page, query = context.new_page(), f"run={guarded.run.run_id}"
    _sign_in(page, guarded, "Anna")
    with raw_session.opened(guarded.dashboard.url, context.cookies()) as owner:
        resume = raw_session.buttons(owner.run("live", query))["Resume"]
    context.clear_cookies()

    _sign_in(page, guarded, "Vera")
    expect(page.get_by_role("link", name="New run")).to_have_count(0)
    expect(page.get_by_role("button", name="New run")).to_have_count(0)
    page.goto(f"{guarded.dashboard.url}/review?{query}")
    expect(page.locator(".tile").first).to_be_visible()
    for name in ("Keep", "Drop", "Undo", "Export"):
        expect(page.get_by_role("button", name=name).locator("visible=true")).to_have_count(0)

    with raw_session.opened(guarded.dashboard.url, context.cookies()) as viewer:
        assert "Runs are started by the owners" in raw_session.text(viewer.run("new_run"))
        assert "Resume" not in raw_session.buttons(viewer.run("live", query))
        viewer.run("live", query, pressed=[resume])
    assert guarded.run.state().state == "stopped"


def test_an_owner_whose_role_is_taken_is_refused_with_the_page_still_open_and_signs_out(
    context: BrowserContext, guarded: Guarded
) -> None:
    page, query = context.new_page(), f"run={guarded.run.run_id}"
    _sign_in(page, guarded, "Anna")
    expect(page.get_by_role("link", name="New run")).to_be_visible()
    with raw_session.opened(guarded.dashboard.url, context.cookies()) as owner:
        drop = raw_session.buttons(owner.run("review", query))["Drop all"]
        guarded.own("somebody@example.org")  # and a viewer by the domain
        told = raw_session.text(owner.run("review", query, pressed=[drop]))
        assert (
            "Deciding about a label needs the role reviewer, and Anna has the role viewer" in told
        )
        assert decisions(guarded.run.folder) == {}
        guarded.roles.write_text("[roles]\nowner = ['somebody@example.org']\n")
        assert "has no role here yet" in raw_session.text(owner.run("review", query))
    guarded.own("anna@example.org")
    page.reload()
    page.get_by_role("button", name="Anna").click()
    expect(page.get_by_text("Role: owner")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    with raw_session.opened(guarded.dashboard.url, context.cookies()) as stranger:
        assert set(raw_session.buttons(stranger.run("live", query))) == {"Sign in"}
