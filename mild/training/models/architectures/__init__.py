"""Networks of this project, layer by layer, and the stem that small images need."""
