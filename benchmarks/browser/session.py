"""A session on the dashboard without a browser: it asks for pages as a browser does, and polls.

It speaks the protocol of Streamlit's own front end, so the server does all that it does for a
person; only the drawing is left out. Times are of the server's script, and of its messages coming.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 60.0
"""An answer that takes longer is none."""
MOST_BYTES = 50_000_000
"""Of one message: what the server sends at most."""


@dataclass(kw_only=True, slots=True)
class Answer:
    """What a page, or the part of it that polls, sent."""

    seconds: float = 0.0
    kilobytes: float = 0.0
    errors: list[str] = field(default_factory=list)
    """Texts of red boxes, and kinds of exceptions."""
    traces: list[str] = field(default_factory=list)
    """The latter alone, which no page should show."""
    buttons: dict[str, str] = field(default_factory=dict)
    """Label -> id."""
    polling: dict[str, float] = field(default_factory=dict)
    """Part of the page that polls -> its interval in seconds."""
    texts: list[str] = field(default_factory=list)


class Session:
    """One window of a browser, as the server sees it."""

    def __init__(self, url: str) -> None:
        from websockets.sync.client import connect
        from websockets.typing import Origin, Subprotocol

        place = urlsplit(url).netloc
        self._open = ExitStack()
        self._door = self._open.enter_context(
            connect(
                f"ws://{place}/_stcore/stream",
                subprotocols=[Subprotocol("streamlit")],
                origin=Origin(f"http://{place}"),
                max_size=MOST_BYTES,
                close_timeout=1,
            )
        )
        self._page, self._query, self._hash = "", "", ""
        self.last = Answer()

    def open(self, page: str, query: str = "") -> Answer:
        """Ask for a page by its address; `runs` is home."""
        self._page, self._query, self._hash = ("" if page == "runs" else page), query, ""
        return self._ask()

    def poll(self) -> Answer:
        """Let every part of the page that polls do so once; nothing where none does."""
        polling = dict(self.last.polling)
        total = Answer(polling=polling, buttons=self.last.buttons)
        for fragment in polling:
            answer = self._ask(fragment=fragment)
            total.seconds += answer.seconds
            total.kilobytes += answer.kilobytes
            total.errors += answer.errors
            total.texts += answer.texts
            total.polling = answer.polling or total.polling
        self.last = total
        return total

    def press(self, label: str) -> Answer:
        """Press a button of the page by its label."""
        return self._ask(pressed=self.last.buttons[label])

    def close(self) -> None:
        """End the session as when its window is closed."""
        self._open.close()

    def _ask(self, *, fragment: str = "", pressed: str = "") -> Answer:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        ask = message.rerun_script
        ask.query_string, ask.page_name = self._query.lstrip("?"), self._page
        ask.page_script_hash = self._hash
        if fragment:
            ask.fragment_id, ask.is_auto_rerun = fragment, True
        if pressed:
            state = ask.widget_states.widgets.add()
            state.id, state.trigger_value = pressed, True
        else:
            ask.widget_states.SetInParent()
        began = time.perf_counter()
        self._door.send(message.SerializeToString())
        answer = self._heard(began)
        if not fragment:
            self.last = answer
        return answer

    def _heard(self, began: float) -> Answer:
        """Return all messages until the script has finished, and what it starts anew by itself."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        answer = Answer()
        patience = PATIENCE_SECONDS
        while True:
            try:
                received = self._door.recv(timeout=patience)
            except TimeoutError:
                if patience == PATIENCE_SECONDS:
                    answer.errors.append(f"no answer within {PATIENCE_SECONDS:.0f} s")
                return answer
            answer.kilobytes += len(received) / 1000
            message = ForwardMsg()
            message.ParseFromString(received)
            self._note(message, answer)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                answer.seconds = time.perf_counter() - began
                rerun = message.script_finished == message.FINISHED_EARLY_FOR_RERUN
                patience = PATIENCE_SECONDS if rerun else 0.0
                if not rerun:
                    return answer

    def _note(self, message: Any, answer: Answer) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            answer.polling[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            _note_element(message.delta.new_element, answer)


def _note_element(element: Any, answer: Answer) -> None:
    match element.WhichOneof("type"):
        case "exception":
            answer.traces.append(f"{element.exception.type}: {element.exception.message}")
            answer.errors.append(answer.traces[-1])
        case "alert":
            if element.alert.format == element.alert.ERROR:
                answer.errors.append(element.alert.body)
            answer.texts.append(element.alert.body)
        case "button":
            answer.buttons[element.button.label] = element.button.id
        case "markdown":
            answer.texts.append(element.markdown.body)
