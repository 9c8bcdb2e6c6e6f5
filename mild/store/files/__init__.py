"""Files as such: arrays, rows that grow, replacing a file whole, telling a full disk."""
