"""The usual combination, hurt in the same way: Celery, django-celery-results, django-celery-beat.

It is told everything that its manuals offer against losses: late acknowledgement, rejecting what a
dead worker had, a visibility time-out that fits the jobs, a broker that keeps its messages on disk.
"""
