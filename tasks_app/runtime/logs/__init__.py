"""What a run says, kept with it; and how the processes themselves log."""
