"""Threads beside a job, which leave the signals to it."""

import signal
import threading

# Signals for the job interrupt the main thread; another one would swallow them.
_FOR_MAIN_THREAD = {signal.SIGUSR1, signal.SIGTERM, signal.SIGQUIT, signal.SIGINT}


def start_deaf(thread: threading.Thread) -> None:
    """Start a thread that takes none of these signals."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_MAIN_THREAD)
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
