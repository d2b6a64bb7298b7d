"""What people do with ordinary jobs, through Celery's own calls and results only.

A scenario calls jobs at once and returns results, or a function that reads them later.
"""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from celery import chain, chord, group
from celery.exceptions import TimeoutError as NoOutcome
from celery.result import AsyncResult, GroupResult

from tasks_app.tests.ordinary import jobs

SCENARIOS: dict[str, Callable[[], Any]] = {}
# All outcomes together may take so long.
DEADLINE = time.monotonic() + 120


def scenario(call: Callable[[], Any]) -> Callable[[], Any]:
    """Add it to those that a program runs."""
    SCENARIOS[call.__name__] = call
    return call


@scenario
def a_plain_call() -> Any:
    return jobs.add.delay(2, 3)


@scenario
def keywords() -> Any:
    return jobs.greet.apply_async(("Ada",), {"greeting": "Good morning", "mark": "."})


@scenario
def values_that_json_has_no_word_for() -> Any:
    return jobs.year_of.delay(date(1843, 9, 5))


@scenario
def a_bound_job_knows_its_call() -> Any:
    return jobs.describe.apply_async(
        (), {"text": "x"}, time_limit=60, soft_time_limit=50, headers={"tenant": "north"}
    )


@scenario
def by_name() -> Any:
    return jobs.add.app.send_task(jobs.add.name, [20, 22])


@scenario
def an_error_of_the_authors_own() -> Any:
    return jobs.fail.delay("no apples")


@scenario
def one_of_pythons_errors() -> Any:
    return jobs.divide.delay(1, 0)


@scenario
def retry_with_a_countdown() -> Any:
    return jobs.third_try.delay("third try")


@scenario
def retries_used_up() -> Any:
    return jobs.never_there.delay()


@scenario
def retries_used_up_without_an_error() -> Any:
    return jobs.asks_too_often.delay()


@scenario
def autoretry_with_back_off() -> Any:
    return [jobs.flaky.delay("flaky", 1), jobs.flaky.delay("always flaky", 9)]


@scenario
def ignored() -> Any:
    jobs.ignored.delay()


@scenario
def rejected() -> Any:
    return jobs.rejected.delay()


@scenario
def a_result_that_nobody_wants() -> Any:
    jobs.mark_without_result.delay("without result")


@scenario
def a_soft_limit() -> Any:
    return [jobs.tidies_up.delay(10), jobs.too_long.delay(10)]


@scenario
def a_hard_limit() -> Any:
    return jobs.much_too_long.delay(10)


@scenario
def a_countdown() -> Any:
    return jobs.mark.apply_async(("after a countdown",), countdown=1)


@scenario
def an_eta() -> Any:
    soon = datetime.now(timezone.utc) + timedelta(seconds=1)  # noqa: UP017  (as people write it)
    return jobs.mark.apply_async(("at its moment",), eta=soon)


@scenario
def expired_before_it_was_called() -> Any:
    past = datetime.now(timezone.utc) - timedelta(seconds=5)  # noqa: UP017
    return jobs.mark.apply_async(("expired",), expires=past)


@scenario
def in_time_for_its_expiry() -> Any:
    return jobs.mark.apply_async(("not expired",), expires=60)


@scenario
def priorities() -> Any:
    return [jobs.add.apply_async((1, priority), priority=priority) for priority in (0, 5, 9)]


@scenario
def a_chain() -> Any:
    return chain(jobs.add.s(1, 2), jobs.add.s(3), jobs.double.s())()


@scenario
def a_chain_with_a_failing_link() -> Any:
    return chain(jobs.add.s(1, 2), jobs.divide.s(0), jobs.double.s())()


@scenario
def a_group() -> Any:
    return group(jobs.double.s(number) for number in range(4))()


@scenario
def a_group_that_is_saved_and_restored() -> Any:
    result = group(jobs.add.s(number, 1) for number in range(2))()
    result.save()
    return lambda: tell(GroupResult.restore(result.id, app=jobs.add.app))


@scenario
def a_chord() -> Any:
    return chord([jobs.double.s(number) for number in range(4)], jobs.total.s())()


@scenario
def a_chord_with_a_failing_member() -> Any:
    return chord([jobs.double.s(1), jobs.fail.s("one short")], jobs.total.s())()


@scenario
def a_chord_whose_body_has_an_errback() -> Any:
    body = jobs.total.s().on_error(jobs.on_error_old_style.s())
    return chord([jobs.double.s(1), jobs.divide.s(1, 0)], body)()


@scenario
def a_chord_with_a_member_that_is_retried() -> Any:
    return chord([jobs.third_try.s("in a chord"), jobs.double.s(5)], jobs.total.s())()


@scenario
def a_nested_canvas() -> Any:
    branch = chain(jobs.double.s(), jobs.double.s())
    inner = chord([jobs.double.s(), branch], jobs.total.s())
    return chain(jobs.add.s(1, 1), inner, jobs.double.s()).apply_async()


@scenario
def a_chord_of_chains_in_a_chain() -> Any:
    members = [chain(jobs.add.s(number, 1), jobs.double.s()) for number in range(3)]
    return chain(group(members), jobs.total.s(), jobs.add.s(100)).apply_async()


@scenario
def a_group_after_a_group() -> Any:
    first = group(jobs.double.si(number) for number in (1, 2))
    return chain(first, jobs.total.s(), group(jobs.add.s(1), jobs.add.s(2))).apply_async()


@scenario
def an_immutable_signature() -> Any:
    return chain(jobs.add.s(1, 2), jobs.add.si(10, 10))()


@scenario
def a_callback() -> Any:
    return jobs.add.apply_async((1, 1), link=[jobs.mark.si("callback"), jobs.double.s()])


@scenario
def no_callback_after_a_failure() -> Any:
    return jobs.divide.apply_async((1, 0), link=jobs.mark.si("a callback too many"))


@scenario
def an_errback_with_an_id() -> Any:
    return jobs.fail.apply_async(("errback",), link_error=jobs.on_error_old_style.s())


@scenario
def an_errback_with_the_error() -> Any:
    result = jobs.fail.apply_async(("told",), link_error=jobs.on_error_new_style.s())

    def read() -> Any:
        outcome = tell(result)
        jobs.wait_for("errback")
        return [outcome, (jobs.folder() / "errback").read_text()]

    return read


@scenario
def map_and_starmap() -> Any:
    return [jobs.double.map([1, 2, 3]).delay(), jobs.add.starmap([(1, 2), (3, 4)]).delay()]


@scenario
def chunks() -> Any:
    return jobs.add.chunks([(number, number) for number in range(4)], 2).group()()


@scenario
def progress() -> Any:
    result = jobs.tells_progress.delay()

    def read() -> Any:
        jobs.wait_for("told")
        told = [result.state, result.info]
        (jobs.folder() / "read").touch()
        return [*told, tell(result)]

    return read


@scenario
def revoked_while_it_waits() -> Any:
    result = jobs.mark.apply_async(("revoked",), countdown=5)
    result.revoke()
    return result


@scenario
def revoked_while_it_runs() -> Any:
    result = jobs.sleeps.delay(30, "revoked")

    def read() -> Any:
        jobs.wait_for("revoked began")
        result.revoke(terminate=True)
        return tell(result)

    return read


@scenario
def jobs_called_by_a_job() -> Any:
    result = jobs.calls_others.delay(["first", "second"])
    return lambda: [tell(result), tell(result.children)]


@scenario
def a_crowd_that_may_be_repeated() -> Any:
    return [jobs.may_be_repeated.delay(0.3, f"again {number}") for number in range(6)]


@scenario
def a_crowd_that_may_not_be_repeated() -> Any:
    return [jobs.sleeps.delay(1, f"once {number}") for number in range(6)]


@scenario
def a_rate_limit() -> Any:
    return [jobs.paced.delay(number) for number in range(3)]


@scenario
def a_base_class() -> Any:
    return [jobs.counts_crates.delay(12), jobs.counts_crates.delay(-1)]


def tell(result: Any) -> Any:
    """The outcome as JSON, once it is there."""
    if callable(result):
        return tell(result())
    if isinstance(result, GroupResult):
        return tell(result.results)
    if isinstance(result, list | tuple):
        return [tell(one) for one in result]
    return _outcome(result) if isinstance(result, AsyncResult) else result


def _outcome(result: AsyncResult) -> dict[str, Any]:
    """State and result, or state, class and text of the error."""
    try:
        value = result.get(timeout=max(DEADLINE - time.monotonic(), 0.1), propagate=False)
    except NoOutcome:
        return {"state": result.state, "error": "no outcome in time"}
    if isinstance(value, BaseException):
        cls = type(value)
        error = f"{cls.__module__}.{cls.__qualname__}"
        return {"state": result.state, "error": error, "text": str(value)}
    return {"state": result.state, "result": value}
