"""Where images and labels come from: one file per source."""
