"""When schedules fire: pure calculation on whole seconds and microseconds."""
