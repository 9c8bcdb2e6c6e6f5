"""Drawings of instances that are no images: cards of HTML, waveforms, spectrograms."""
