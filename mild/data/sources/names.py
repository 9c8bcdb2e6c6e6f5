"""Which data sources there are, with one line each for people."""

from __future__ import annotations

BUILT_IN = {
    "digits": "1,797 handwritten digits of 8 x 8 pixels; built in, nothing to download",
}
TORCHVISION = {
    "cifar10": "CIFAR-10: 50,000 photographs of 32 x 32 pixels in 10 classes",
    "cifar100": "CIFAR-100: 50,000 photographs of 32 x 32 pixels in 100 classes",
    "mnist": "MNIST: 60,000 handwritten digits of 28 x 28 pixels",
    "fashion-mnist": "Fashion-MNIST: 60,000 pictures of clothes, 28 x 28 pixels, 10 classes",
    "kmnist": "KMNIST: 60,000 cursive Japanese characters of 28 x 28 pixels in 10 classes",
    "qmnist": "QMNIST: 60,000 handwritten digits, MNIST made anew with a larger test part",
    "emnist-letters": "EMNIST letters: 124,800 handwritten letters of 28 x 28 pixels",
    "emnist-balanced": "EMNIST balanced: 112,800 digits and letters in 47 classes",
    "usps": "USPS: 7,291 handwritten digits of 16 x 16 pixels",
    "svhn": "SVHN: 73,257 house-number digits photographed from the street, 32 x 32 pixels",
    "stl10": "STL10: 5,000 photographs of 96 x 96 pixels in 10 classes",
}
DIGITS = tuple("0123456789")
CLASS_NAMES = {
    "mnist": DIGITS,
    "qmnist": DIGITS,
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    "fashion-mnist": (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    "usps": DIGITS,
    "svhn": DIGITS,
}  # fmt: skip
"""Where torchvision has no names, has "0 - zero", or its files do not hold them."""
N_CLASSES = {
    "digits": 10, "cifar10": 10, "cifar100": 100, "qmnist": 10, "emnist-letters": 26,
    "emnist-balanced": 47, "stl10": 10,
} | {name: len(names) for name, names in CLASS_NAMES.items()}  # fmt: skip
"""Classes of the sets that are known by name, for what has to be said before they are read."""
ON_DISK = {
    "folder": "Your images: one sub-folder per class",
    "train-test-folder": "Your images: train/<class>/ and test/<class>/ or val/<class>/",
    "manifest": "Your images: a CSV or Parquet file with the columns path and label",
    "arrays": "Your images: numpy arrays images and labels, in one .npz or as .npy files",
    "webvision": "WebVision 1.0 as unpacked: images from web search with its info/ lists",
    "clothing1m": "Clothing1M as unpacked: clothes from web shops with its key and label lists",
}
SOURCES: dict[str, str] = {**BUILT_IN, **ON_DISK, **TORCHVISION}
"""Name -> one line for people, in the order in which to offer them."""
