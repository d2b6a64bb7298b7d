"""The door for Celery's processes: how a managed job plugs into workers and beat."""
