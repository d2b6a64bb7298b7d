"""What `manage.py up` does: broker, web, worker and beat as children of one loop."""
