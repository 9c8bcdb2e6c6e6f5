"""Where images and labels come from: one interface over files, arrays and well-known sets."""
