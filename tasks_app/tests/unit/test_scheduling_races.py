import pytest
from django.db import connection
from django_celery_beat.models import PeriodicTask
from tasks_app.models import Timer
from tasks_app.scheduling.edits import take_edits
from tasks_app.scheduling.setting_aside import try_again
from tasks_app.scheduling.tick import fire_due
from tasks_app.tests.schedules import a_schedule, a_scheduled_task, look, pass_time, timer_of
from tasks_app.models.timer_triggers import NAMES, make_triggers

@pytest.mark.django_db
@pytest.mark.parametrize("args", ['["\\u0000"]', '["\\ud800"]', '[NaN]', '[1e999]'])
def test_poison(args):
    s = a_schedule(every=60, args=args); look()
    pass_time(60)
    print("after fire", vars(timer_of(s)))
    try_again()
    look()

@pytest.mark.django_db
@pytest.mark.parametrize("args", ['["\\u0000"]', '["\\ud800"]', '[NaN]', '[1e999]', '['+'9'*5000+']'])
def test_poison_linked(ada, args):
    t = a_scheduled_task(ada)
    PeriodicTask.objects.filter(pk=t.schedule_id).update(args=args)
    look()
    pass_time(60)
    print("after fire", vars(timer_of(t)))
    try_again()
    look()


@pytest.mark.django_db
def test_poison_edit():
    from django_celery_beat.models import IntervalSchedule
    s = a_schedule(every=60, args='["\\u0000"]'); look()
    pass_time(60)
    IntervalSchedule.objects.update(every=30)
    look()
