"""Which requests and messages come through to streamlit, and what is told with the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg

from mild.access import Rules
from mild.access.door import Door
from mild.ui.gate import uploads
from mild.ui.gate.connections import came_from_here, is_own_page
from mild.ui.gate.messages import only_ours
from mild.ui.gate.middleware import middleware
from mild.ui.gate.policy import Policy

HERE = Policy(door=Door(address="127.0.0.1"), rules=Rules())
SIGN_IN = Policy(door=Door(address="0.0.0.0", signs_in=True), rules=Rules(), encrypted=True)
UNSAFE = Policy(door=Door(address="0.0.0.0", unsafe=True), rules=Rules())
COOKIES = ((b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2; secure"))


def _asked(
    settled: Policy, *, at: str | None = "127.0.0.1", kind: str = "http", method: str = "GET",
    path: str = "/", host: str = "localhost:8501", origin: str | None = None,
) -> list[Message]:  # fmt: skip
    """What somebody is sent who asks this; an inner server says yes to whatever comes to it."""

    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(COOKIES)})

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", host.encode())]
    headers += [(b"origin", origin.encode())] if origin is not None else []
    scope = {
        "type": kind, "method": method, "path": path, "headers": headers,
        "server": None if at is None else (at, 8501),
    }  # fmt: skip
    (item,) = middleware(settled)
    _done(item.cls(streamlit, *item.args, **item.kwargs)(scope, nothing, send))  # type: ignore[arg-type]
    return sent


def _done(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it to its end in a thread: in ours, browser tests have a loop of their own running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _status(sent: list[Message]) -> Any:
    return sent[0].get("status", sent[0]["type"])


@pytest.mark.parametrize("at", ["192.168.1.7", "::ffff:10.0.0.1", None])
def test_whatever_serves_it_a_dashboard_of_this_machine_answers_nobody_else(at: str | None) -> None:
    assert _status(_asked(HERE, at=at)) == 403
    assert _status(_asked(HERE, at=at, kind="websocket")) == "websocket.close"
    for shared in (SIGN_IN, UNSAFE):
        assert _status(_asked(shared, at=at)) == 200
        assert _status(_asked(shared, at=at, kind="websocket")) == "websocket.accept"


@pytest.mark.parametrize("at", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "/run/mild.socket"])
def test_it_answers_whoever_comes_from_this_machine(at: str) -> None:
    assert came_from_here((at, None))
    assert _status(_asked(HERE, at=at)) == 200


@pytest.mark.parametrize(
    ("origin", "host", "ours"),
    [
        (None, "localhost:8501", True),
        ("http://localhost:8501", "localhost:8501", True),
        ("https://data.example.org", "data.example.org", True),
        ("https://data.example.org", "data.example.org:443", True),
        ("https://data.example.org:8443", "data.example.org", False),
        ("http://localhost:3000", "localhost", False),  # the dashboard is at port 80
        ("http://localhost", "localhost", True),
        ("http://localhost:x", "localhost", False),
        ("ftp://localhost", "localhost", False),
        ("http://localhost", "localhost:80", True),
        ("http://[::1]:8501", "[::1]:8501", True),
        ("http://localhost:3000", "localhost:8501", False),
        ("http://localhost", "localhost:8501", False),
        ("http://127.0.0.1:8501", "localhost:8501", False),
        ("http://evil.example", "localhost:8501", False),
        ("http://localhost:8501.evil.example", "localhost:8501", False),
        ("http://localhost:8501@evil.example", "localhost:8501", False),
        ("null", "localhost:8501", False),
        ("null", "", False),
        ("", "", False),
        ("http://[", "localhost:8501", False),
        ("http://localhost:x", "localhost:8501", False),
        ("https://friend.example", "localhost:8501", True),
    ],
)
def test_only_its_own_pages_connect_and_act(origin: str | None, host: str, ours: bool) -> None:
    assert is_own_page(origin, host, {"https://friend.example"}) is ours


def test_another_program_on_this_machine_is_another_site() -> None:
    foreign = "http://localhost:3000"
    assert _status(_asked(HERE, kind="websocket", origin=foreign)) == "websocket.close"
    assert _status(_asked(HERE, method="PUT", origin=foreign)) == 403
    assert _status(_asked(HERE, method="PUT", origin="http://localhost:8501")) == 200


def test_where_no_name_is_listed_a_dashboard_of_this_machine_has_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda key: [] if key == "server.allowedHosts" else own(key)
    )
    assert _status(_asked(HERE, host="evil.example")) == 403
    assert _status(_asked(HERE, host="[::1]:8501")) == 200
    assert _status(_asked(SIGN_IN, host="data.example.org")) == 200


def test_what_is_for_programs_is_for_those_of_this_machine() -> None:
    """Figures about the server, and pages that a program may drive without a browser."""
    for path in ("/_stcore/metrics", "/base/_stcore/metrics/", "/_stcore/agent/interact"):
        assert _status(_asked(SIGN_IN, path=path)) == 404
        assert _status(_asked(HERE, path=path)) == 200


def test_every_answer_has_the_policy_and_cookies_of_an_encrypted_one_stay_on_such_ways() -> None:
    for sent in (_asked(HERE), _asked(HERE, host="evil.example")):
        headers = dict(sent[0]["headers"])
        rules = headers[b"content-security-policy"].decode().split("; ")
        assert {
            "default-src 'self'", "form-action 'self'", "frame-ancestors 'self'",
            "base-uri 'self'", "object-src 'none'",
        } <= set(rules)  # fmt: skip
        assert b"a=1; Path=/; Secure" not in headers.values()
    cookies = [value for name, value in _asked(SIGN_IN)[0]["headers"] if name == b"set-cookie"]
    assert cookies == [b"a=1; Path=/; Secure", b"b=2; secure"]


def test_a_file_is_taken_only_of_a_session_whose_page_asks_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "_asking", {})
    monkeypatch.setattr(uploads, "MOST", 2)

    def taken(session: str) -> bool:
        path = f"/base/_stcore/upload_file/{session}/file"
        return bool(_status(_asked(SIGN_IN, method="PUT", path=path)) == 200)

    assert not taken("anna")
    for session in ("anna", "bob", "anna", "carl"):
        context = SimpleNamespace(session_id=session)
        monkeypatch.setattr(uploads, "get_script_run_ctx", lambda context=context, **_: context)
        uploads.asks_for_a_file()
    assert taken("anna")
    assert taken("carl")
    assert not taken("bob")  # forgotten


def test_messages_for_developers_do_not_come_through() -> None:
    look = BackMsg()
    look.rerun_script.query_string = "run=x"
    download, write = BackMsg(), BackMsg()
    download.backend_operation_request.deferred_file.file_id = "report"
    write.backend_operation_request.install_skills.SetInParent()
    theirs = [BackMsg(clear_cache=True), BackMsg(load_git_info=True)]
    theirs += [BackMsg(set_run_on_save=True), write]
    ours = [message.SerializeToString() for message in (look, download)] + [b"no message", b""]
    sent = [message.SerializeToString() for message in theirs] + ours
    waiting = iter([{"type": "websocket.connect"}, *_received(sent)])

    async def receive() -> Message:
        return next(waiting)

    async def all_of_them() -> list[Any]:
        received = only_ours(receive)
        return [(await received()).get("bytes") for _ in range(1 + len(ours))]

    assert _done(all_of_them()) == [None, *ours]


def _received(sent: list[bytes]) -> list[Message]:
    return [{"type": "websocket.receive", "bytes": content} for content in sent]
