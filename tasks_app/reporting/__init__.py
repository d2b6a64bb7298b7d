"""Read-only figures and explanations."""
