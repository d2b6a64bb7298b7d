"""Servers that die, freeze and forget, and messages that go missing or come twice."""

from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError

from tasks_app.tests.faults.hurting import LISTS, Done, Fault, Victim

BROKER, DATABASE = "broker", "database"
# Seconds.
AWAY, HUNG = (0.2, 6.0), (0.5, 5.0)
# While nobody takes messages, they can be stolen and copied.
HELD = 0.7


def kill_broker(victim: Victim) -> Done | None:
    """It comes back empty."""
    if not victim.is_whole(BROKER):
        return None
    broker = victim.installation.broker
    broker.kill()
    return Done((BROKER,), victim.rng.uniform(*AWAY), broker.start)


def freeze_broker(victim: Victim) -> Done | None:
    if not victim.is_whole(BROKER):
        return None
    broker = victim.installation.broker
    broker.freeze()
    return Done((BROKER,), victim.rng.uniform(*HUNG), broker.thaw)


def wipe_broker(victim: Victim) -> Done | None:
    """FLUSHALL, the epoch's key included."""
    if not victim.is_whole(BROKER):
        return None
    with suppress(RedisError), victim.broker() as client:
        client.flushall()
    return Done()


def steal_messages(victim: Victim) -> Done | None:
    """Some vanish from the queues while the workers take none."""
    return _while_nobody_takes(victim, _steal)


def repeat_messages(victim: Victim) -> Done | None:
    """What waits, what runs and what is over is delivered again."""
    return _while_nobody_takes(victim, _repeat)


def _while_nobody_takes(victim: Victim, deed: object) -> Done | None:
    workers = victim.installation.workers
    names = tuple(worker.name for worker in workers)
    if not victim.is_whole(BROKER) or not all(map(victim.is_whole, names)):
        return None
    for worker in workers:
        worker.freeze()

    def let_go() -> None:
        victim.remember_messages()
        with suppress(RedisError), victim.broker() as client:
            deed(victim, client)  # type: ignore[operator]
        for worker in workers:
            worker.thaw()

    return Done((BROKER, *names), HELD, let_go)


def _steal(victim: Victim, client: Redis) -> None:
    for name in LISTS:
        for _ in range(victim.rng.randint(1, 5)):
            client.rpop(name)


def _repeat(victim: Victim, client: Redis) -> None:
    known = victim.messages
    for message in victim.rng.sample(known, min(len(known), 10)):
        client.lpush(victim.rng.choice(LISTS), message)


def stop_database(victim: Victim) -> Done | None:
    """An immediate stop: every session ends, and it recovers from its log."""
    server = victim.installation.server
    if server is None or not victim.is_whole(DATABASE):
        return None
    server.stop(immediate=True)
    return Done((DATABASE,), victim.rng.uniform(*AWAY), server.start)


def freeze_database(victim: Victim) -> Done | None:
    server = victim.installation.server
    if server is None or not victim.is_whole(DATABASE):
        return None
    server.freeze()
    return Done((DATABASE,), victim.rng.uniform(*HUNG), server.thaw)


def terminate_sessions(victim: Victim) -> Done | None:
    server = victim.installation.server
    if server is None or not victim.is_whole(DATABASE):
        return None
    share = victim.rng.choice((0.2, 0.5, 1))
    return Done(facts={"sessions": server.terminate_sessions(share, choose=victim.rng)})


_ONLY = ("postgresql",)
FAULTS = [
    Fault("kill the broker", 4, kill_broker),
    Fault("freeze the broker", 3, freeze_broker),
    Fault("wipe the broker", 5, wipe_broker),
    Fault("steal messages", 5, steal_messages),
    Fault("repeat messages", 5, repeat_messages),
    Fault("stop the database", 3, stop_database, _ONLY),
    Fault("freeze the database", 3, freeze_database, _ONLY),
    Fault("terminate sessions", 5, terminate_sessions, _ONLY),
]
