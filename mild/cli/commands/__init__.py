"""The commands: one file per family; what needs no run stands here, the rest in its rooms."""
