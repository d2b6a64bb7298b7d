"""What schedules cost: Belfry's scheduler and django-celery-beat's own, measured side by side."""
