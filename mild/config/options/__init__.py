"""The settings of a run as command-line options: one table to read a command by and to write it."""

from mild.config.options.read import as_typed, read
from mild.config.options.table import OPTIONS, Option, kind_and_help
from mild.config.options.write import command_line, words

__all__ = ["OPTIONS", "Option", "as_typed", "command_line", "kind_and_help", "read", "words"]
