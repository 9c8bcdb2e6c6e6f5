"""A file of learning status from anywhere: check everything, unpickle nothing."""

from mild.store.status_file.read import StatusFile, read_status_file

__all__ = ["StatusFile", "read_status_file"]
