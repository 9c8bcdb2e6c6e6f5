"""Where images and labels come from, a file per source or family of sources.

A file of this package that binds a `Source` adds it to `SOURCES`, and by that to what the form
offers and the command line takes. Importing one is light: torch, pandas and scikit-learn are
imported when a source is read.
"""

from mild.data.sources.source import Source
from mild.registry import collect

SOURCES = collect(Source, __name__, __path__)
"""Every source by its name, in the order in which to offer them."""

__all__ = ["SOURCES", "Source"]
