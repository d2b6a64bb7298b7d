"""The author's guide is true: its examples are one module, and every job in it runs here."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from celery import Task
from django.contrib.auth.models import User

from config import celery_app
from tasks_app import lifecycle, registry, services
from tasks_app.models import TaskExecution
from tasks_app.runtime.discovery import fill_registry
from tasks_app.runtime.logs import capture
from tasks_app.runtime.pools import BOUNDS
from tasks_app.runtime.soft import gate
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.deliveries import deliver, run_all
from tasks_app.tests.runs import a_claim
from tasks_app.tests.unit.log_writers import HandWriter, texts

pytestmark = pytest.mark.django_db
GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "jobs.md").read_text()
EXAMPLES = "\n\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))

RESULTS: dict[str, tuple[list[Any], Any]] = {
    "greet": (["Ada"], "Good day, Ada"),
    "import_rows": ([["a", "b"]], 2),
    "add_up_slowly": ([[1, 2, 3]], 6),
    "charge": (["order 17", 5], "paid 5"),
    "fetch": (["home"], "page of home"),
    "fetch_again": (["home"], "page of home"),
    "crawl": ([["one", "two"]], ["page of one", "page of two"]),
    "count_words": (["one two three"], 3),
    "report": ([2026], {"year": 2026}),
    "square": ([3], 9),
    "add_up": ([[1, 2]], 3),
    "tidy_up": ([["attic", "cellar"]], 2),
}
# What the guide's own comments say of the lines before them.
FAILING = re.findall(r"def (\w+)\([^\n]*\n    (?!greet)[^\n]*  # (\w+): ", EXAMPLES)
REFUSED = re.findall(r"    (greet\.[^\n]*)  # (\w+): ", EXAMPLES)


class Web:
    """What the examples import from their shop: a web that may be down, a till."""

    def __init__(self) -> None:
        self.failures = 0
        # What takes so long that the soft limit comes, once.
        self.limits: list[str] = []
        self.paid: dict[str, int] = {}

    def download(self, url: str) -> str:
        if self.failures:
            self.failures -= 1
            raise ConnectionError(url)
        if url in self.limits:
            self.limits.remove(url)
            gate.handler(0, None)
        return f"page of {url}"

    def charge(self, order: str, amount: int, idempotency_key: str) -> str:
        self.paid[idempotency_key] = amount
        return f"paid {amount}"


@pytest.fixture(scope="module")
def web() -> Web:
    return Web()


@pytest.fixture(scope="module")
def shop(web: Web) -> Iterator[Any]:
    """The module of the examples, its jobs known to this process until the tests are over."""
    names = ("shop", "shop.web", "shop.payments", "shop.tasks")
    modules: dict[str, Any] = {name: ModuleType(name) for name in names}
    modules["shop"].payments = SimpleNamespace(charge=web.charge)
    modules["shop.web"].download = web.download
    sys.modules.update(modules)
    exec(compile(EXAMPLES, "docs/jobs.md", "exec"), vars(modules["shop.tasks"]))  # noqa: S102
    fill_registry(celery_app)
    yield modules["shop.tasks"]
    for name in names:
        del sys.modules[name]
    for name in [name for name in celery_app.tasks if name.startswith("shop.")]:
        del celery_app.tasks[name], registry._jobs[name]


class Runner:
    """Makes and delivers executions of the examples."""

    def __init__(self, user: User) -> None:
        self.actor = Actor(user)

    def make(self, job: str, *args: Any, **fields: Any) -> TaskExecution:
        _, execution = services.create_task(
            self.actor, name=job, celery_task_name=f"shop.tasks.{job}", args=list(args), **fields
        )
        assert execution is not None
        return execution

    def run(self, job: str, *args: Any, **fields: Any) -> TaskExecution:
        """Deliver it as often as it asks for another try."""
        execution = self.make(job, *args, **fields)
        deliver(execution)
        while execution.status == "retry":
            age(600)
            deliver(execution)
        return execution


@pytest.fixture
def runner(ada: User, shop: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """What its runs log is written on the test's own connection."""
    monkeypatch.setattr(capture, "writer", HandWriter())
    return Runner(ada)


def test_every_job_of_the_guide_is_run_here(shop: Any) -> None:
    jobs = {name for name, value in vars(shop).items() if isinstance(value, Task)}

    assert jobs == {*RESULTS, *(name for name, _ in FAILING)}


@pytest.mark.parametrize("job", list(RESULTS))
def test_an_example_runs(runner: Runner, job: str) -> None:
    args, result = RESULTS[job]

    execution = runner.run(job, *args)

    assert (execution.status, execution.error, execution.result) == ("success", "", result)


def test_people_see_what_a_job_takes(shop: Any) -> None:
    job = registry.find("shop.tasks.greet")

    assert job is not None
    assert job.doc == "Greet somebody by name."
    assert [parameter.name for parameter in job.parameters] == ["name", "politely"]


def test_progress_is_told_with_words_and_data(runner: Runner) -> None:
    execution = runner.run("import_rows", ["a", "b"])

    assert (execution.progress, execution.progress_message) == (100, "row 2")
    assert execution.progress_data == {"last": "b"}


def test_a_checkpointed_job_goes_on_where_a_lost_worker_left_it(runner: Runner) -> None:
    execution = runner.make("add_up_slowly", [1, 2, 3])
    claim = a_claim(execution)
    lifecycle.save_checkpoint(claim, {"done": 2, "total": 100}, lease=15)
    lifecycle.lose(claim)
    age(600)

    deliver(execution)

    assert (execution.attempt, execution.result) == (2, 103)


def test_every_attempt_has_the_same_key(runner: Runner, web: Web) -> None:
    execution = runner.make("charge", "order 17", 5)
    lifecycle.lose(a_claim(execution))
    age(600)

    deliver(execution)

    assert execution.attempt == 2
    assert web.paid[str(execution.pk)] == 5


@pytest.mark.parametrize("job", ["fetch", "fetch_again"])
def test_what_is_down_is_tried_again(runner: Runner, web: Web, job: str) -> None:
    web.failures = 2

    execution = runner.run(job, "home")

    assert (execution.status, execution.attempt) == ("success", 3)
    assert execution.attempts.count() == 2


def test_the_policy_of_a_task_repeats_any_exception(runner: Runner) -> None:
    no_text = 5

    assert runner.run("count_words", no_text).attempt == 1
    assert runner.run("count_words", no_text, max_retries=2).attempt == 3


def test_a_job_goes_on_where_the_soft_limit_cut_it(
    transactional_db: None, runner: Runner, web: Web
) -> None:
    web.limits = ["two", "three"]

    execution = runner.run("crawl", ["one", "two", "three"])

    assert (execution.status, execution.attempt) == ("success", 3)
    assert execution.checkpoint == ["page of one", "page of two"]
    assert execution.result == ["page of one", "page of two", "page of three"]


def test_the_members_of_a_chord_are_executions(shop: Any, runner: Runner) -> None:
    total = shop.add_up_squares([1, 2, 3])
    assert TaskExecution.objects.count() == 3

    run_all()

    assert total.get(timeout=1) == 14
    assert TaskExecution.objects.final().count() == 4


def test_the_links_of_a_chain_are_executions(shop: Any, runner: Runner) -> None:
    power = shop.square_twice(3)

    run_all()

    assert power.get(timeout=1) == 81


def test_what_a_run_logs_and_prints_is_kept(runner: Runner) -> None:
    execution = runner.run("tidy_up", ["attic"])

    assert texts(execution) == ["tidying attic", "all tidy"]


def test_a_job_runs_inline_and_leaves_no_row(shop: Any) -> None:
    shop.try_it_out()

    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize("call, error", REFUSED)
def test_a_call_that_cannot_be_kept_is_refused(shop: Any, call: str, error: str) -> None:
    kind = {"ValueError": ValueError, "TypeError": TypeError}[error]

    with pytest.raises(kind):
        eval(call, vars(shop))  # noqa: S307

    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize("job, error", FAILING)
def test_what_a_job_may_not_do_is_its_error(runner: Runner, job: str, error: str) -> None:
    execution = runner.run(job)

    assert (execution.status, execution.error_type, execution.attempt) == ("failure", error, 1)


def test_every_pool_that_runs_jobs_is_in_the_table() -> None:
    pools = re.findall(r"^\| `(\w+)`", GUIDE.split("## Pools")[1], re.MULTILINE)

    assert {pool.removesuffix("s") for pool in pools} == {
        module.rpartition(".")[2] for module in BOUNDS
    }


def test_the_readme_leads_to_the_guide() -> None:
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text()

    assert "docs/jobs.md" in readme
