"""The reviewer's name, kept by the browser it was told in."""

from mild.ui.components.reviewer_name.component import keep_name, kept_name

__all__ = ["keep_name", "kept_name"]
