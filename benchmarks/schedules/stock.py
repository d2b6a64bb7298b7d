"""django-celery-beat's scheduler, as it is."""

from benchmarks.schedules.contender import Contender

_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
STOCK = Contender("stock", "benchmarks.schedules.plain", _SCHEDULER)
# With more rows it needs hours, or never starts.
MOST = 100_000
# A herd is watched so long, in seconds; the rest is drawn out in a straight line.
CAP = 60.0
