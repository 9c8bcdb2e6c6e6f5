"""mean-loss, data-maps, aum: means of what was recorded of every epoch."""

from mild.core.detectors.detector import Detector
from mild.core.detectors.epochs import confidences, margins, mean, minus_losses

MEAN_LOSS = Detector(
    name="mean-loss",
    label="the mean loss of all epochs",
    signal=minus_losses,
    aggregate=mean,
    order=40,
)
DATA_MAPS = Detector(  # Swayamdipta et al., EMNLP 2020
    name="data-maps",
    label="the mean confidence of all epochs",
    signal=confidences,
    aggregate=mean,
    order=50,
)
AUM = Detector(  # Pleiss et al., NeurIPS 2020
    name="aum",
    label="the area under the margin of all epochs",
    signal=margins,
    aggregate=mean,
    order=60,
)
