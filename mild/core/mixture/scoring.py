"""Maximum likelihood for a two-component Weibull mixture on counts, many fits at once.

Parameters of a fit, shape (6,): logit of the mislabeled weight, log shape and log median of the
clean and of the mislabeled component, logit of the clean component's share of hard instances.
Medians, not scales, because the bounds that make the fit identifiable are bounds on medians.
Legend: B fits, A those of them still moving, C counts 0 .. p, P parameters.

Fisher scoring with Levenberg damping inside a box: the expected information of a multinomial
is a sum of squares, so every step goes uphill, and six parameters need no library.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray
from mild.core.mixture.value import LOG_TWO, LOG_U_MAX, hard_cells

MAX_ITERATIONS = 400
TOLERANCE = 1e-13
"""Gain of the mean log-likelihood that a step promises, below which a fit has arrived."""
MAX_STEP = 1.5
FLOOR = 1e-300


@dataclass(frozen=True, kw_only=True, slots=True)
class Priors:
    """Quadratic penalties on the parameters, per instance."""

    mean_P: FloatArray
    precision_P: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Fits:
    """The outcome of B fits."""

    theta_BP: FloatArray
    objective_B: FloatArray
    converged_B: BoolArray
    n_iterations_B: NDArray[np.int64]


def maximise(
    share_BC: FloatArray,
    theta_BP: FloatArray,
    low_P: FloatArray,
    high_P: FloatArray,
    priors: Priors,
    *,
    max_iterations: int = MAX_ITERATIONS,
    tolerance: float = TOLERANCE,
) -> Fits:
    """Maximise the mean penalised log-likelihood from each start, shapes (B, C) and (B, P).

    `share_BC` are counts divided by their sum, so nothing depends on how many instances
    there are. Steps that do not go uphill are refused and damped, hence it cannot diverge. A fit
    has arrived where a step promises less than `tolerance`.
    """
    theta_BP = np.clip(theta_BP, low_P, high_P)
    damping_B = np.full(len(theta_BP), 1e-3)
    done_B = np.zeros(len(theta_BP), dtype=np.bool_)
    n_iterations_B = np.zeros(len(theta_BP), dtype=np.int64)
    objective_B, gradient_BP, information_BPP = evaluate(share_BC, theta_BP, priors)
    for _ in range(max_iterations):
        active = np.flatnonzero(~done_B)
        if active.size == 0:
            break
        gradient_AP, damping_A = gradient_BP[active], damping_B[active]
        pinned_AP = _pinned(theta_BP[active], gradient_AP, low_P, high_P)
        gradient_AP = np.where(pinned_AP, 0.0, gradient_AP)
        step_AP = _step(gradient_AP, information_BPP[active], pinned_AP, damping_A)
        promised_A = (gradient_AP * step_AP).sum(axis=1)
        trial_AP = np.minimum(np.maximum(theta_BP[active] + step_AP, low_P), high_P)
        objective_A, new_AP, information_APP = evaluate(share_BC[active], trial_AP, priors)
        better_A = objective_A > objective_B[active]
        up = active[better_A]
        theta_BP[up], objective_B[up] = trial_AP[better_A], objective_A[better_A]
        gradient_BP[up], information_BPP[up] = new_AP[better_A], information_APP[better_A]
        damping_B[active] = np.where(better_A, damping_A / 5.0, damping_A * 6.0)
        n_iterations_B[active] += 1
        done_B[active] = (promised_A < tolerance) & (damping_A < 1.0) | (damping_A > 1e9)
    return Fits(
        theta_BP=theta_BP,
        objective_B=objective_B,
        converged_B=done_B,
        n_iterations_B=n_iterations_B,
    )


def evaluate(
    share_BC: FloatArray, theta_BP: FloatArray, priors: Priors
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the penalised mean log-likelihood (B,), gradient (B, P), information (B, P, P)."""
    q_BC, dq_BPC = _mixture_cells(theta_BP, share_BC.shape[1] - 1)
    q_BC = np.maximum(q_BC, FLOOR)
    off_BP = theta_BP - priors.mean_P
    objective_B = (share_BC * np.log(q_BC)).sum(axis=1)
    objective_B = objective_B - 0.5 * (priors.precision_P * off_BP**2).sum(axis=1)
    gradient_BP = (dq_BPC @ (share_BC / q_BC)[:, :, None])[:, :, 0]
    gradient_BP = gradient_BP - priors.precision_P * off_BP
    scaled_BPC = dq_BPC / np.sqrt(q_BC)[:, None, :]
    information_BPP = scaled_BPC @ scaled_BPC.transpose(0, 2, 1) + np.diag(priors.precision_P)
    return objective_B, gradient_BP, information_BPP


def _mixture_cells(theta_BP: FloatArray, n_epochs: int) -> tuple[FloatArray, FloatArray]:
    """Return the cell probabilities (B, C) and their derivatives (B, P, C)."""
    easy_BC, noisy_BC = _component_cells(theta_BP, n_epochs)
    hard_C = hard_cells(n_epochs)
    noisy_rate, hard_share = (1.0 / (1.0 + np.exp(-theta_BP[:, [0, 5]]))).T[:, :, None]
    clean_rate = 1.0 - noisy_rate
    clean_C = (1.0 - hard_share) * easy_BC[:, 0] + hard_share * hard_C
    dq_BPC = np.empty((len(theta_BP), 6, n_epochs + 1))
    dq_BPC[:, 0] = noisy_rate * clean_rate * (noisy_BC[:, 0] - clean_C)
    dq_BPC[:, 1:3] = (clean_rate * (1.0 - hard_share))[:, None] * easy_BC[:, 1:]
    dq_BPC[:, 3:5] = noisy_rate[:, None] * noisy_BC[:, 1:]
    tail_BC = hard_C - easy_BC[:, 0]
    dq_BPC[:, 5] = clean_rate * hard_share * (1.0 - hard_share) * tail_BC
    return clean_rate * clean_C + noisy_rate * noisy_BC[:, 0], dq_BPC


def _component_cells(theta_BP: FloatArray, n_epochs: int) -> FloatArray:
    """Return cells of both components with their derivatives by log shape and log median.

    Shape (2, B, 3, C): the cells, then the two derivatives.
    """
    shape = np.exp(theta_BP[:, [1, 3]]).T[:, :, None]
    log_t = np.log(np.arange(1, n_epochs + 1))
    power = shape * (log_t - theta_BP[:, [2, 4]].T[:, :, None])
    u = np.exp(np.minimum(np.log(LOG_TWO) + power, LOG_U_MAX))
    survival = np.exp(-u)
    slope = survival * u
    edges = np.zeros((2, len(theta_BP), 3, n_epochs + 2))
    edges[:, :, 0, 0] = 1.0
    edges[:, :, 0, 1:-1] = survival
    edges[:, :, 1, 1:-1] = -slope * power
    edges[:, :, 2, 1:-1] = slope * shape
    return np.asarray(edges[..., :-1] - edges[..., 1:])


def _pinned(
    theta_BP: FloatArray, gradient_BP: FloatArray, low_P: FloatArray, high_P: FloatArray
) -> BoolArray:
    """Find parameters at a bound whose gradient points outward; fixed ones are pinned always."""
    outward = ((theta_BP <= low_P) & (gradient_BP <= 0)) | (
        (theta_BP >= high_P) & (gradient_BP >= 0)
    )
    return np.asarray(outward | (low_P >= high_P))


def _step(
    gradient_BP: FloatArray,
    information_BPP: FloatArray,
    pinned_BP: BoolArray,
    damping_B: FloatArray,
) -> FloatArray:
    """Make a damped scoring step on the parameters not pinned, at most MAX_STEP in any."""
    free_BP = ~pinned_BP
    matrix_BPP = np.where(free_BP[:, :, None] & free_BP[:, None, :], information_BPP, 0.0)
    diagonal = np.arange(matrix_BPP.shape[1])
    damping_B1 = damping_B[:, None]
    damped_BP = matrix_BPP[:, diagonal, diagonal] * (1.0 + damping_B1) + 1e-3 * damping_B1 + 1e-12
    matrix_BPP[:, diagonal, diagonal] = np.where(free_BP, damped_BP, 1.0)
    step_BP = np.linalg.solve(matrix_BPP, gradient_BP[:, :, None])[:, :, 0]
    return np.asarray(np.minimum(np.maximum(step_BP, -MAX_STEP), MAX_STEP))
