"""From the first page to what somebody came for."""
