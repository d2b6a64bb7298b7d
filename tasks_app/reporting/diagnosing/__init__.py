"""What is wrong with this installation, and what to do: one file per part."""
