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
from mild.core.mixture import LOG_TWO, LOG_U_MAX, hard_cells

MAX_ITERATIONS = 400
TOLERANCE = 1e-8  # of the projected gradient of the mean log-likelihood
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
) -> Fits:
    """Maximise the mean penalised log-likelihood from each start, shapes (B, C) and (B, P).

    `share_BC` are counts divided by their sum, so nothing depends on how many instances
    there are. Steps that do not go uphill are refused and damped, hence it cannot diverge.
    """
    theta_BP = np.clip(theta_BP, low_P, high_P)
    damping_B = np.full(len(theta_BP), 1e-3)
    done_B = np.zeros(len(theta_BP), dtype=np.bool_)
    n_iterations_B = np.zeros(len(theta_BP), dtype=np.int64)
    objective_B, gradient_BP, information_BPP = evaluate(share_BC, theta_BP, priors)
    converged_B = done_B.copy()
    for _ in range(max_iterations):
        pinned_BP = _pinned(theta_BP, gradient_BP, low_P, high_P)
        converged_B = np.abs(np.where(pinned_BP, 0.0, gradient_BP)).max(axis=1) < TOLERANCE
        active = np.flatnonzero(~(converged_B | done_B))
        if active.size == 0:
            break
        step_AP = _step(
            gradient_BP[active], information_BPP[active], pinned_BP[active], damping_B[active]
        )
        trial_AP = np.clip(theta_BP[active] + step_AP, low_P, high_P)
        objective_A, gradient_AP, information_APP = evaluate(share_BC[active], trial_AP, priors)
        better_A = objective_A > objective_B[active]
        up = active[better_A]
        theta_BP[up], objective_B[up] = trial_AP[better_A], objective_A[better_A]
        gradient_BP[up], information_BPP[up] = gradient_AP[better_A], information_APP[better_A]
        damping_B[active] = np.where(
            better_A, np.maximum(damping_B[active] / 5.0, 1e-9), damping_B[active] * 6.0
        )
        n_iterations_B[active] += 1
        done_B |= damping_B > 1e9  # no step goes uphill: at the limit of double precision
    return Fits(
        theta_BP=theta_BP,
        objective_B=objective_B,
        converged_B=converged_B | done_B,
        n_iterations_B=n_iterations_B,
    )


def evaluate(
    share_BC: FloatArray, theta_BP: FloatArray, priors: Priors
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Penalised mean log-likelihood (B,), its gradient (B, P) and its information (B, P, P)."""
    q_BC, dq_BPC = _mixture_cells(theta_BP, share_BC.shape[1] - 1)
    q_BC = np.maximum(q_BC, FLOOR)
    off_BP = theta_BP - priors.mean_P
    objective_B = (share_BC * np.log(q_BC)).sum(axis=1)
    objective_B = objective_B - 0.5 * (priors.precision_P * off_BP**2).sum(axis=1)
    gradient_BP = np.einsum("bpc,bc->bp", dq_BPC, share_BC / q_BC)
    gradient_BP = gradient_BP - priors.precision_P * off_BP
    scaled_BPC = dq_BPC / np.sqrt(q_BC)[:, None, :]
    information_BPP = scaled_BPC @ scaled_BPC.transpose(0, 2, 1) + np.diag(priors.precision_P)
    return objective_B, gradient_BP, information_BPP


def _mixture_cells(theta_BP: FloatArray, n_epochs: int) -> tuple[FloatArray, FloatArray]:
    """Cell probabilities (B, C) and their derivatives (B, P, C)."""
    noisy_B = 1.0 / (1.0 + np.exp(-theta_BP[:, 0]))
    hard = (1.0 / (1.0 + np.exp(-theta_BP[:, 5])))[:, None]
    hard_C = hard_cells(n_epochs)
    easy_BC, d_easy_B2C = _component_cells(theta_BP[:, 1], theta_BP[:, 2], n_epochs)
    clean_BC = (1.0 - hard) * easy_BC + hard * hard_C
    wrong_BC, d_wrong_B2C = _component_cells(theta_BP[:, 3], theta_BP[:, 4], n_epochs)
    noisy = noisy_B[:, None]
    q_BC = (1.0 - noisy) * clean_BC + noisy * wrong_BC
    d_weight_BC = noisy * (1.0 - noisy) * (wrong_BC - clean_BC)
    dq_BPC = np.concatenate(
        [
            d_weight_BC[:, None, :],
            ((1.0 - noisy) * (1.0 - hard))[:, None] * d_easy_B2C,
            noisy[:, None] * d_wrong_B2C,
            ((1.0 - noisy) * hard * (1.0 - hard) * (hard_C - easy_BC))[:, None],
        ],
        axis=1,
    )
    return q_BC, dq_BPC


def _component_cells(
    log_shape_B: FloatArray, log_median_B: FloatArray, n_epochs: int
) -> tuple[FloatArray, FloatArray]:
    """Cells (B, C) of one component and their derivatives (B, 2, C)."""
    relative = np.log(np.arange(1, n_epochs + 1)) - log_median_B[:, None]
    shape_B1 = np.exp(log_shape_B)[:, None]
    u = np.exp(np.minimum(np.log(LOG_TWO) + shape_B1 * relative, LOG_U_MAX))
    survival = np.exp(-u)
    d_median = survival * u * shape_B1
    edges = np.stack([survival, -d_median * relative, d_median], axis=1)
    edges = np.pad(edges, ((0, 0), (0, 0), (1, 1)))
    edges[:, 0, 0] = 1.0
    cells = -np.diff(edges, axis=-1)
    return cells[:, 0], cells[:, 1:]


def _pinned(
    theta_BP: FloatArray, gradient_BP: FloatArray, low_P: FloatArray, high_P: FloatArray
) -> BoolArray:
    """Parameters at a bound whose gradient points outward; fixed ones are pinned always."""
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
    """Damped scoring step on the parameters that are not pinned, at most 1.5 in any of them."""
    free_BP = ~pinned_BP
    both_BPP = free_BP[:, :, None] & free_BP[:, None, :]
    diagonal_BP = np.einsum("bpp->bp", information_BPP)
    damped_BP = np.where(
        free_BP, diagonal_BP * (1 + damping_B[:, None]) + 1e-12 + 1e-3 * damping_B[:, None], 1.0
    )
    matrix_BPP = np.where(both_BPP, information_BPP, 0.0)
    np.einsum("bpp->bp", matrix_BPP)[...] = damped_BP
    target_BP1 = np.where(free_BP, gradient_BP, 0.0)[:, :, None]
    return np.asarray(np.clip(np.linalg.solve(matrix_BPP, target_BP1)[:, :, 0], -1.5, 1.5))
