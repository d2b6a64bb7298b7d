"""What waits for the end of a run: how the row keeps it, and how it is submitted."""
