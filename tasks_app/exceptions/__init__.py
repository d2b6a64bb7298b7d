"""Every situation that Belfry refuses, by name; the message is made from the facts."""

from tasks_app.exceptions.admission import (
    AlikeComeAndGo,
    AlikeIsLive,
    BackfillNotUnique,
    NotUnique,
    PeriodTaken,
    TooManyWaiting,
)
from tasks_app.exceptions.pauses import NotPaused
from tasks_app.exceptions.refused import Invalid, NotFound, Refused
from tasks_app.exceptions.rights import SuperusersOnly
from tasks_app.exceptions.runs import AlreadyEnded, MoveRefused, NoLiveRun, NotEnded, StillLive
from tasks_app.exceptions.schedules import (
    ImpossibleSchedule,
    NoSuchTick,
    NotScheduled,
    TooManyTicks,
)
from tasks_app.exceptions.signing_in import BadCredentials, NoTokenInUse
from tasks_app.exceptions.tasks import (
    ArgumentsDoNotFit,
    KeyAmbiguous,
    KeyTaken,
    UnknownJob,
    VersionConflict,
)

__all__ = [
    "AlikeComeAndGo",
    "AlikeIsLive",
    "AlreadyEnded",
    "ArgumentsDoNotFit",
    "BackfillNotUnique",
    "BadCredentials",
    "ImpossibleSchedule",
    "Invalid",
    "KeyAmbiguous",
    "KeyTaken",
    "MoveRefused",
    "NoLiveRun",
    "NoSuchTick",
    "NoTokenInUse",
    "NotEnded",
    "NotFound",
    "NotPaused",
    "NotScheduled",
    "NotUnique",
    "PeriodTaken",
    "Refused",
    "StillLive",
    "SuperusersOnly",
    "TooManyTicks",
    "TooManyWaiting",
    "UnknownJob",
    "VersionConflict",
]
