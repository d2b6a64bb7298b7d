import signal, time
from tasks_app.tests.acceptance.test_pools import system  # noqa
from tasks_app.tests.system import ends, starts

def test_quit(system):
    for pool in ("solo", "threads"):
        worker = system.start_worker("--pool", pool)
        execution = starts(system.run("deaf", 8))
        time.sleep(0.5)
        began = time.monotonic()
        worker.process.send_signal(signal.SIGQUIT)
        worker.process.wait(20)
        execution.refresh_from_db()
        print("RESULT", pool, time.monotonic()-began, worker.process.returncode, execution.status, execution.reason, execution.error, execution.on_lost)
        print(worker.log.read_text()[-1500:])
    assert 0
