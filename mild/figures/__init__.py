"""Values in, drawings out: plotly figures here. Nothing reads a file or knows of a page."""
