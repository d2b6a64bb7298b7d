import time, pytest
from tasks_app.tests.runs import a_run
from tasks_app.runtime.run_log import RunLog
from tasks_app.runtime import log_writer
from tasks_app.runtime.log_writer import write
from tasks_app.models import LogLine
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("batch", [500, 2000])
def test_speed(batch, monkeypatch):
    monkeypatch.setattr(log_writer, "BATCH", batch)
    run=a_run(); log=RunLog(run.pk,1)
    for r in range(3):
        t=time.perf_counter()
        for n in range(10000): log.add(1.0,"INFO","shop.orders",f"line {n} of a job that talks too much")
        t2=time.perf_counter(); c=time.process_time()
        write(log)
        print(batch, "add", round(t2-t,3), "write", round(time.perf_counter()-t2,3), "cpu", round(time.process_time()-c,3), LogLine.objects.count())
