"""What can run: the jobs by name, with what people must know to call them."""

import inspect

import pytest

from tasks_app import registry
from tasks_app.registry import Parameter, RegisteredJob
from tasks_app.tests.runs import JOB


def a_job(function, name="a.job"):
    return RegisteredJob(name, "", inspect.signature(function), idempotent=False, queue="")


def report(name: str, *pages: int, task_id=None, deep: dict[str, int] | None = None, **options):
    """A job with every kind of parameter."""


def test_the_jobs_of_the_house_are_known_from_the_start():
    job = registry.find(JOB)

    assert job.name == JOB
    assert job.idempotent
    assert job.doc == "Wait the given seconds, with progress; `param` comes back in the result."


def test_a_job_is_described_without_the_self_that_celery_adds():
    assert registry.find(JOB).parameters == [
        Parameter("seconds", "float", "", required=True),
        Parameter("param", "str | None", "None", required=False),
    ]


def test_every_kind_of_parameter_is_described():
    assert a_job(report).parameters == [
        Parameter("name", "str", "", required=True),
        Parameter("*pages", "int", "", required=False),
        Parameter("task_id", "", "None", required=False),
        Parameter("deep", "dict[str, int] | None", "None", required=False),
        Parameter("**options", "", "", required=False),
    ]


def test_a_renamed_job_is_found_by_its_old_name(settings):
    settings.JOB_ALIASES = {"old.name": JOB}

    assert registry.resolve("old.name") == JOB
    assert registry.find("old.name") is registry.find(JOB)


@pytest.mark.parametrize("name", ["", "os.system", "celery.backend_cleanup", JOB + "x"])
def test_nothing_else_can_run(name):
    assert registry.find(name) is None


def test_all_that_can_run_is_listed_by_name():
    names = [job.name for job in registry.jobs()]

    assert JOB in names
    assert names == sorted(names)


def test_a_job_says_whether_it_takes_a_parameter():
    job = a_job(report)

    assert job.takes("task_id")
    assert not job.takes("colour")


FITTING = [(["n"], {}), (["n", 1, 2], {}), ([], {"name": "n", "anything": 1})]
MISFITTING = [
    ([], {}, "missing a required argument: 'name'"),
    (["n"], {"name": "m"}, "multiple values for argument 'name'"),
]


@pytest.mark.parametrize("args, kwargs", FITTING, ids=str)
def test_arguments_that_fit_are_no_misfit(args, kwargs):
    assert a_job(report).misfit(args, kwargs) == ""


@pytest.mark.parametrize("args, kwargs, why", MISFITTING, ids=str)
def test_arguments_that_do_not_fit_say_why(args, kwargs, why):
    assert a_job(report).misfit(args, kwargs) == why


def test_a_newly_registered_job_can_run(monkeypatch):
    monkeypatch.setattr(registry, "_jobs", {})

    registry.register(a_job(report, "new.job"))

    assert registry.find("new.job").takes("name")
