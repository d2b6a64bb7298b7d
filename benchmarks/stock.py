"""django-celery-beat's scheduler, as it is."""

from benchmarks.contender import Contender

STOCK = Contender("stock", "benchmarks.plain", "django_celery_beat.schedulers:DatabaseScheduler")
# With more rows it needs hours, or never starts.
MOST = 100_000
# A herd is watched so long, in seconds; the rest is drawn out in a straight line.
CAP = 60.0
