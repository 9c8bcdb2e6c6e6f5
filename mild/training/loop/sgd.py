"""Gradient descent that does not load PyTorch's compiler.

The first step of any optimizer of PyTorch, and the first use of most of its methods, imports the
compiler, only to tell it what it must not compile. That is two fifths of the processor time
that it takes to start a worker. Where a network is compiled, the compiler is loaded by that.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch


def _bare(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return what PyTorch's wrappers for its compiler are around."""
    bare: Callable[..., Any] = inspect.unwrap(method)
    return bare


class SGD(torch.optim.SGD):
    """`torch.optim.SGD`, the same to the bit; its steps are never compiled."""

    add_param_group = _bare(torch.optim.SGD.add_param_group)
    zero_grad = _bare(torch.optim.SGD.zero_grad)
    state_dict = _bare(torch.optim.SGD.state_dict)
    load_state_dict = _bare(torch.optim.SGD.load_state_dict)
    step = torch.no_grad()(_bare(torch.optim.SGD.step))
