"""The installed wheel, away from the clone: its command, its dashboard, its workers."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import mild
from mild.cli.main import app
from tests.installation.conftest import Environment
from tests.installation.dashboard import new_session, show
from tests.runs_for_tests import write_run

COMMANDS = {item.name for item in app.registered_commands} | {"bench"}


def test_the_command_and_the_module_are_the_same_program(installed: Environment) -> None:
    by_command = installed.run("mild", "--help", COLUMNS="80")
    by_module = installed.run("python", "-m", "mild", "--help", COLUMNS="80")
    assert by_command.returncode == by_module.returncode == 0
    listed = [done.stdout.partition("Commands")[2] for done in (by_command, by_module)]
    assert listed[0] == listed[1]
    for name in COMMANDS:
        assert f" {name} " in listed[0]
    assert "Usage: mild [OPTIONS]" in by_command.stdout
    assert "Usage: python -m mild [OPTIONS]" in by_module.stdout
    assert installed.run("mild", "--version").stdout == f"mild {mild.__version__}\n"


def test_what_runs_is_the_wheel_and_not_the_clone(installed: Environment) -> None:
    code = "import mild.installation as it; print(it.IS_CLONE, it.TOP_LEVEL)"
    done = installed.run("python", "-c", code)
    (packages,) = installed.folder.glob("lib/python*/site-packages")
    assert done.stdout == f"False {packages / 'mild' / 'top_level'}\n"


def test_a_shell_is_offered_commands_and_the_ids_of_runs(
    installed: Environment, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "runs", until="queued", name="kittens")
    asked: dict[str, Any] = {
        "_MILD_COMPLETE": "complete_bash",
        "MILD_RUNS_DIR": str(tmp_path / "runs"),
    }
    words = installed.run("mild", COMP_WORDS="mild sh", COMP_CWORD="1", **asked)
    assert words.stdout.split() == ["show"]
    ids = installed.run("mild", COMP_WORDS="mild stop kit", COMP_CWORD="2", **asked)
    assert ids.stdout.split() == [run.run_id]


def test_the_dashboard_listens_here_only_and_sends_no_statistics_wherever_it_is_started(
    installed: Environment,
) -> None:
    theirs = installed.elsewhere / ".streamlit" / "config.toml"
    theirs.parent.mkdir()
    theirs.write_text(
        '[server]\naddress = "0.0.0.0"\nallowedHosts = ["*"]\n[browser]\ngatherUsageStats = true\n'
    )
    with show(installed) as server:
        session = new_session(server.port)
        assert _listening(server.pid, server.port) == {"0100007F"}  # 127.0.0.1, as the kernel says
        with (  # by a name of somebody else's that leads here
            socket.create_connection(("127.0.0.1", server.port)) as wire,
            pytest.raises(InvalidStatus, match="403"),
        ):
            connect("ws://elsewhere.example/_stcore/stream", sock=wire)
    shutil.rmtree(theirs.parent)
    assert not session.config.gather_usage_stats
    assert session.main_script_path.endswith("/mild/top_level/app.py")


def _listening(pid: int, port: int) -> set[str]:
    """Addresses on which a port is listened on, in hexadecimal digits, IPv6 included."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                found.add(address)
    return found


def test_a_folder_of_runs_that_is_none_is_named(installed: Environment) -> None:
    done = installed.run("mild", "show", "--runs", "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "--runs nowhere is not a folder; make it, or name the folder that holds your runs.\n"
    )


@pytest.mark.slow
def test_a_worker_trains_without_anything_that_leads_to_the_clone(installed: Environment) -> None:
    words = ["--rounds", "2", "--final", "none", "--device", "cpu", "--name", "away", "--json"]
    done = installed.run("mild", "train", *words)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["state"], len(answer["rounds"])) == ("done", 1)
    assert (installed.elsewhere / "runs" / answer["run_id"] / "config.json").is_file()
