"""Settings of the images and labels."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mild.config.sections.section import Section


class DataConfig(Section):
    """Where images and labels come from."""

    source: str = "digits"
    """`digits` (built in), `folder` and other layouts of your own files, or a torchvision data
    set by name, such as `cifar10`; docs/data.md lists them all."""
    path: str | None = None
    """The folder or file of your own data; digits and torchvision sets need none."""
    data_root: str = "data"
    """Folder in which torchvision data sets are found, or downloaded to."""
    image_size: int | None = Field(default=None, ge=4, le=1024)
    """Images are resized to this many pixels a side; by default their own size if all have the
    same and it is at most 64, else 64."""
    pipeline: Literal["auto", "resident", "streaming"] = "auto"
    """How images come to the device: `resident`, all of them in memory once; or `streaming`,
    decoded from their files each time they are needed; `auto` goes by their size and what is
    free."""
    workers: int | None = Field(default=None, ge=0, le=256)
    """For streaming: processes that decode images beside the one that trains; by default as many as
    the processor has room for."""
    test_fraction: float | None = Field(default=None, ge=0, lt=1)
    """Share of each class held out for accuracy where the data set has no test part of its own; by
    default none of your own images (`folder`, `manifest`, `arrays`, `huggingface`), because each
    of them is to be judged by a network that trained on it, and 0.2 of any other set. What is held
    out is judged by what the network predicts for it."""
    validation_fraction: float = Field(default=0.0, ge=0, lt=1)
    """Share of each class of the training part that is set aside and not used, where the data set
    has a test part; for comparing with those who choose their settings by such a share."""
    path_column: str = Field(default="path", min_length=1)
    """For `manifest`: the column with the image file, relative to the manifest."""
    label_column: str = Field(default="label", min_length=1)
    """The column with the given label, for `manifest`; for `huggingface` the only one of classes is
    found by itself."""
    clean_column: str = Field(default="clean", min_length=1)
    """For `manifest`: the column with the trusted label; used if there is one."""
    split_column: str = Field(default="split", min_length=1)
    """For `manifest`: the column that says train or test; used if there is one."""
    image_column: str | None = Field(default=None, min_length=1)
    """For `huggingface`: the column with the images; by default the only one of images."""
    split: str | None = Field(default=None, min_length=1)
    """For `huggingface`: the split that is judged, or several as in train+validation; by default
    train, or the only one."""
    test_split: str | None = Field(default=None, min_length=1)
    """For `huggingface`: the split that is held out for accuracy; by default test, else validation,
    where there is one; `none` holds out no image."""
    n_classes: int | None = Field(default=None, ge=2)
    """For `webvision`: use only this many classes, the first ones; 50 is known as
    mini-WebVision."""
    labels_path: str | None = None
    """Other labels for the same images, such as human re-annotations (CSV, .npy, .npz, .pt): they
    become the given labels, the source's own the clean ones."""
    labels_column: str | None = None
    """Which column of `labels_path` to take, where it has several."""
