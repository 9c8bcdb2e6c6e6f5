"""From labels as people write them to given labels, clean labels and a held-out part."""
