"""What a run costs: Belfry beside bare Celery, and beside Celery with its results in Django."""
