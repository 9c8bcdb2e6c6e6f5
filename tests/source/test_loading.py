"""Nothing is loaded but plain formats: no line unpickles, evaluates text or asks a shell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

MODULES = {
    "pickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "jsonpickle",
    "runpy", "code", "codeop", "pty", "telnetlib", "xmlrpc",
}  # fmt: skip
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.exec", "import_module",
    "read_pickle", "to_pickle", "load_from_disk", "load_dataset", "hub.load", "jit.load",
    "load_state_dict_from_url", "extractall", "unpack_archive", "getoutput", "getstatusoutput",
}  # fmt: skip
MUST_SAY = {
    "np.load": ("allow_pickle", False),
    "numpy.load": ("allow_pickle", False),
    "np.save": ("allow_pickle", False),
    "np.savez_compressed": ("allow_pickle", False),
    "torch.load": ("weights_only", True),
}
"""A call, and the argument that it must be given in so many words."""
MUST_NOT_SAY = {"shell", "trust_remote_code", "allow_pickle", "unsafe_allow_html"}
"""Arguments that must not be true."""
ALLOWED = {
    ("mild/data/sources/packed.py", "pickle"): "CIFAR's files, by an unpickler of number arrays",
    ("mild/data/huggingface/opening.py", "load_from_disk"): "Arrow tables and JSON",
    ("mild/data/huggingface/opening.py", "load_dataset"): "from version 4 on it runs no scripts",
    ("mild/cli/commands/show.py", "runpy"): "starts streamlit, by its fixed name",
    ("mild/registry.py", "import_module"): "files of a package of ours",
    ("mild/training/models/by_name.py", "import_module"): "builders of networks, by a fixed table",
    ("mild/training/models/own.py", "import_module"): "module:function, which a person asks for",
    ("mild/training/models/timm_any.py", "import_module"): "the package timm, by its fixed name",
    ("mild/ui/frame/warm.py", "import_module"): "pages of ours, by a fixed list",
}
"""What is allowed in a file, and why."""

_WORD = re.compile("|".join(map(re.escape, sorted(MODULES | CALLS | set(MUST_SAY) | MUST_NOT_SAY))))
"""A file without any of these words need not be read closely."""


def _files() -> list[Path]:
    return [PROJECT / "app.py", *PROJECT.glob("pages/*.py"), *PROJECT.glob("mild/**/*.py")]


def _name(node: ast.expr) -> str:
    """Such as "np.load" of a call of it, with "?" for whatever has no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "?")
    return ".".join(reversed(parts))


def _is_called(name: str, forbidden: str) -> bool:
    """By its end; a builtin by its whole name, for a network has an `eval` of its own."""
    builtin = forbidden in ("eval", "exec", "compile", "__import__")
    return name == forbidden or (not builtin and name.endswith(f".{forbidden}"))


def _found(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything that may be dangerous."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in MODULES:
                    yield node.lineno, alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in MODULES:
            yield node.lineno, (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in _wrong_in(node))


def _wrong_in(call: ast.Call) -> Iterator[str]:
    name = _name(call.func)
    yield from (forbidden for forbidden in CALLS if _is_called(name, forbidden))
    said = {item.arg: item.value for item in call.keywords if item.arg}
    if name in MUST_SAY:
        argument, wanted = MUST_SAY[name]
        value = said.get(argument)
        if not (isinstance(value, ast.Constant) and value.value is wanted):
            yield f"{name} without {argument}={wanted}"
    for argument in MUST_NOT_SAY & said.keys():
        value = said[argument]
        if not (isinstance(value, ast.Constant) and value.value is False):
            yield f"{argument} that may be true"


def test_nothing_but_plain_formats_is_ever_loaded() -> None:
    found = {
        (str(path.relative_to(PROJECT)), name): line
        for path in _files()
        if _WORD.search(text := path.read_text(encoding="utf-8"))
        for line, name in _found(ast.parse(text))
    }
    assert {key: line for key, line in found.items() if key not in ALLOWED} == {}
    assert set(ALLOWED) - set(found) == set(), "allowed, and nowhere used"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import pickle", "pickle"),
        ("from joblib import load", "joblib"),
        ("np.load(path)", "np.load without allow_pickle=False"),
        ("np.load(path, allow_pickle=flag)", "np.load without allow_pickle=False"),
        ("torch.load(path, weights_only=False)", "torch.load without weights_only=True"),
        ("eval(text)", "eval"),
        ("subprocess.run(text, shell=True)", "shell that may be true"),
        ("pd.read_pickle(path)", "read_pickle"),
        ("datasets.load_dataset(name, trust_remote_code=True)", "load_dataset"),
        ("archive.extractall(folder)", "extractall"),
    ],
)
def test_the_test_above_sees_what_it_is_to_see(line: str, name: str) -> None:
    assert name in [item for _, item in _found(ast.parse(line))]


def test_a_network_may_be_put_into_evaluation_mode() -> None:
    assert list(_found(ast.parse("network.eval(), build().eval()"))) == []
