"""The verbs below the words of manage.py: `executions prune` and the like."""
