"""What only a real server and a real browser show."""

from __future__ import annotations

import http.client
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Dashboard, go_to, wait_until_quiet
from tests.runs_for_tests import write_run

pytestmark = pytest.mark.browser

PAGES = {
    "": "Runs",
    "runs": "Runs",
    "live": "Live",
    "selection": "Selection",
}


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_a_deep_link_on_a_cold_server_shows_the_same_as_through_the_home_page(
    path: str, title: str, page: Page, cold_dashboard: Dashboard
) -> None:
    write_run(cold_dashboard.runs_root, name="newer")
    run = write_run(cold_dashboard.runs_root, name="asked for")
    write_run(cold_dashboard.runs_root, name="newest")
    page.goto(f"{cold_dashboard.url}/{path}?run={run.run_id}&round=2&cut=4")
    expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    cold = _what_is_read(page)
    assert page.get_by_role("dialog").count() == 0  # streamlit's "page not found"

    page.goto(cold_dashboard.url)
    wait_until_quiet(page)
    go_to(page, f"{cold_dashboard.url}/{path}?run={run.run_id}&round=2&cut=4")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    wait_until_quiet(page)
    assert _what_is_read(page) == cold
    if path in ("live", "selection"):
        expect(page).to_have_url(re.compile(f"run={run.run_id}"))
        assert "asked for" in cold


def test_the_dashboard_process_never_loads_torch(page: Page, dashboard: Dashboard) -> None:
    run = write_run(dashboard.runs_root)
    for path, title in PAGES.items():
        go_to(page, f"{dashboard.url}/{path}?run={run.run_id}")
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=30_000)
        wait_until_quiet(page)
    loaded = Path(f"/proc/{dashboard.pid}/maps").read_text()
    assert "numpy" in loaded
    assert "torch" not in loaded


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("{own}", "http://{own}", 101),
        ("evil.example", "http://evil.example", 403),
        ("evil.example", None, 403),
        ("{own}", "http://evil.example", 403),
    ],
)
def test_only_pages_of_this_machine_may_connect(
    host: str, origin: str | None, status: int, dashboard: Dashboard
) -> None:
    own = dashboard.url.removeprefix("http://")
    headers = {
        "Host": host.format(own=own),
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
    }
    if origin:
        headers["Origin"] = origin.format(own=own)
    connection = http.client.HTTPConnection(own, timeout=10)
    connection.request("GET", "/_stcore/stream", headers=headers)
    assert connection.getresponse().status == status
    connection.close()


def _asked(
    dashboard: Dashboard, method: str, path: str, headers: dict[str, str]
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(dashboard.url.removeprefix("http://"), timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("path", ["/", "/_stcore/host-config", "/media/x.png", "/review"])
def test_a_name_that_somebody_else_may_own_is_answered_nothing(
    path: str, dashboard: Dashboard
) -> None:
    assert _asked(dashboard, "GET", path, {"Host": "evil.example"}).status == 403
    for name in ("localhost", "127.0.0.1"):
        assert _asked(dashboard, "GET", "/_stcore/health", {"Host": name}).status == 200


def test_files_are_taken_only_from_the_dashboards_own_pages(dashboard: Dashboard) -> None:
    where = "/_stcore/upload_file/a-session/a-file"
    assert _asked(dashboard, "PUT", where, {"Origin": "http://evil.example"}).status == 403
    forged = {"X-Xsrftoken": "forged", "Cookie": "_streamlit_xsrf=forged"}
    assert _asked(dashboard, "PUT", where, forged).status == 403


def test_a_page_elsewhere_may_neither_read_nor_frame_and_ours_load_nothing_from_elsewhere(
    dashboard: Dashboard,
) -> None:
    for path in ("/", "/_stcore/health", "/media/x.png"):
        answer = _asked(dashboard, "GET", path, {"Origin": "http://evil.example"})
        assert answer.getheader("Access-Control-Allow-Origin") is None
        assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
    policy = answer.getheader("Content-Security-Policy") or ""
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["frame-ancestors"] == "'self'"
    assert rules["default-src"] == "'self'"
    assert not any(word in " ".join(rules.values()) for word in ("http", "*", "wss"))


def test_a_browser_keeps_even_a_script_from_asking_another_host(
    page: Page, dashboard: Dashboard
) -> None:
    page.goto(dashboard.url)
    asked = "fetch('http://localhost:9/').then(() => 'asked', (error) => 'refused')"
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text))
    assert page.evaluate(asked) == "refused"
    assert any("violates the following Content Security Policy" in text for text in broken)


def _what_is_read(page: Page) -> str:
    """The page's text and what its boxes hold, but for the ages of runs."""
    main = page.get_by_test_id("stMain")
    held = [box.input_value() for box in main.locator("input").all()]
    return re.sub(r"\d+ (s|seconds?|minutes?) ", "", main.inner_text()) + "\n".join(held)
