"""An installation where all is well, and what the doctor says of it."""

import socket
from types import SimpleNamespace

from config import celery_app
from tasks_app import broker
from tasks_app.models import Beat, Worker
from tasks_app.reporting.diagnosing import diagnosis, postgresql

FACTS = {"redis_version": "7.2.4", "maxmemory_policy": "noeviction", "aof_enabled": 1}


def make_well(monkeypatch):
    """A broker in this process, a worker and a beat that live."""
    monkeypatch.setattr(celery_app.conf, "broker_url", "memory://")
    monkeypatch.setattr(broker, "check", lambda: None)
    monkeypatch.setattr(broker, "facts", lambda: dict(FACTS))
    # The tests' own server is fast and forgetful.
    monkeypatch.setattr(postgresql, "_durability", lambda: iter(()))
    disk = SimpleNamespace(total=100 * 2**30, free=50 * 2**30)
    monkeypatch.setattr("tasks_app.reporting.diagnosing.space.shutil.disk_usage", lambda _: disk)
    queues_served = ["default", "high_priority", "low_priority"]
    Worker.objects.create(hostname="w@here", pid=1, queues=queues_served, concurrency=4)
    Beat.objects.create(name=f"{socket.gethostname()}@2", pid=2)
    Beat.objects.update(swept_at=Beat.objects.get().seen_at)
    return disk


def wrong():
    """What it says beside notes, as one text for each."""
    found = [finding for finding in diagnosis.diagnose() if finding.is_wrong]
    assert all(finding.advice for finding in found)
    return [f"{finding.severity} {finding.part}: {finding.sentence}" for finding in found]


def only(severity, part, words):
    """That this is what is wrong, and nothing else."""
    [told] = wrong()
    assert told.startswith(f"{severity} {part}: ")
    assert words in told
