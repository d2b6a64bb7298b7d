"""Settings that would hurt at night, refused at start with a hint."""
