"""A data set of the Hugging Face library with the images to train on."""

from mild.export.folders import hf_dataset
from mild.export.formats.format import FolderFormat

HF = FolderFormat(
    name="hf", title="Hugging Face data set", order=55, write=hf_dataset.write, extra="hf"
)
