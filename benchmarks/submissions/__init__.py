"""What a submission costs: our web server beside a small service of FastAPI and Celery."""
