"""What to run, as the flags of `manage.py up` say."""

from dataclasses import dataclass

from tasks_app.management.supervisor.exceptions import Contradiction, NothingToRun


@dataclass(frozen=True, kw_only=True)
class Options:
    """The flags, once they are known to agree with each other."""

    run_web: bool = True
    run_worker: bool = True
    run_beat: bool = True
    host: str = "127.0.0.1"
    port: int = 8000
    reload: bool = False
    concurrency: int | None = None
    loglevel: str | None = None
    debug: bool = False
    demo: bool = False

    @classmethod
    def from_flags(cls, flags: dict) -> "Options":
        """Raises Contradiction or NothingToRun. A flag that says the default is harmless."""
        for part in ("api", "worker"):
            if flags[f"run_{part}"] and flags[f"no_{part}"]:
                raise Contradiction(f"--run-{part}", f"--no-{part}")
        if flags["no_api"] and flags["no_worker"] and flags["no_beat"]:
            raise NothingToRun
        return cls(
            run_web=not flags["no_api"],
            run_worker=not flags["no_worker"],
            run_beat=not flags["no_beat"],
            host=flags["api_host"],
            port=flags["api_port"],
            reload=flags["api_reload"],
            concurrency=flags["worker_concurrency"],
            loglevel=flags["worker_loglevel"],
            debug=flags["debug"],
            demo=flags["demo"],
        )

    @property
    def runs_everything(self) -> bool:
        return self.run_web and self.run_worker and self.run_beat
