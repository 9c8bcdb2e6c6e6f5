"""posterior: keep while the label is more likely right than a share that a person sets."""

from dataclasses import dataclass

from mild.core.selection.expected_cost import expected_error_cut
from mild.core.selection.rules.rule import Fitted, Rule, number


@dataclass(frozen=True, kw_only=True)
class Posterior(Rule):
    """Keep while P(clean | c) >= tau, with the posterior made monotone."""

    name = "posterior"
    label = "keep where the label is more likely right than a share you set"
    order = 20

    tau: float = number(
        0.5,
        kind="probability",
        what="the probability from which to keep",
        help="keep where P(clean) is at least this.",
        label="Keep where the label is right with a probability of at least",
    )

    def check(self, n_epochs: int) -> None:
        if not 0.0 < self.tau < 1.0:
            raise ValueError(f"tau is {self.tau}; it must be above 0 and below 1")

    def find_cut(self, fitted: Fitted) -> float:
        return expected_error_cut(fitted.fit, tau=self.tau)

    def in_words(self) -> str:
        return f"keeps while P(clean) is at least {self.tau:g}"


RULE = Posterior()
