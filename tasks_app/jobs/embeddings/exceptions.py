"""Why no vectors can be generated: one class per situation, each says what to do.

Each is raised as `Name.about(facts)`. The sentence is the only argument an instance has, so that
it survives pickling between processes and Celery's own rebuilding of exceptions.
"""

from collections.abc import Iterable
from typing import Any, Self


class EmbeddingRefused(ValueError):
    """The triples, or what is asked to be done with them, are not acceptable."""


class InvalidTaskId(EmbeddingRefused):
    """The id cannot name the file of vectors."""

    @classmethod
    def about(cls, task_id: object) -> Self:
        return cls(
            f"{task_id!r:.100} cannot be a task_id: give printable text of 1 to 200 characters."
        )


class InvalidInputData(EmbeddingRefused):
    """The value cannot be the path of a file."""

    @classmethod
    def about(cls, input_data: object) -> Self:
        return cls(
            f"{input_data!r:.200} cannot be input_data: give the path of a triples file, relative "
            "to the input folder, as printable text of at most 1000 characters."
        )


class TriplesOutsideFolder(EmbeddingRefused):
    """The path leads out of the input folder."""

    @classmethod
    def about(cls, input_data: str) -> Self:
        return cls(
            f"{input_data!r} leads out of the input folder: "
            "copy the triples file into that folder and name it relative to it."
        )


class TriplesMissing(EmbeddingRefused):
    """No such file in the input folder."""

    @classmethod
    def about(cls, input_data: str) -> Self:
        return cls(
            f"There is no file {input_data!r} in the input folder. Put a triples file of that name "
            "into the folder that the setting INPUT_DIR names, or correct input_data."
        )


class TriplesTooLarge(EmbeddingRefused):
    """There is more than is read and trained in memory."""

    @classmethod
    def about(cls, what: str, number: int, limit: int) -> Self:
        return cls(f"{number} {what} are too many: {limit} is the most.")


class TriplesNotText(EmbeddingRefused):
    """The file does not hold UTF-8 text."""

    @classmethod
    def about(cls, line: int) -> Self:
        return cls(f"Line {line} is not UTF-8 text: save the triples file as UTF-8.")


class TripleMalformed(EmbeddingRefused):
    """A line is no triple."""

    @classmethod
    def about(cls, line: int, problem: str) -> Self:
        return cls(
            f"Line {line} is no triple, for {problem}: each line is a head, a relation and a tail, "
            "parted by tabs."
        )


class TriplesTooFew(EmbeddingRefused):
    """Nothing can be learnt from so little."""

    @classmethod
    def about(cls, entities: int) -> Self:
        return cls(f"The triples name {entities} entities: at least two are needed to tell apart.")


class OutputLeavesFolder(EmbeddingRefused):
    """A link in the output folder leads out of it."""

    @classmethod
    def about(cls, name: str) -> Self:
        return cls(f"Writing {name!r} would leave the output folder: remove the link on the way.")


class ParametersNotAnObject(EmbeddingRefused):
    """`parameters` is something else than an object of names and values."""

    @classmethod
    def about(cls, parameters: Any) -> Self:
        return cls(
            'parameters must be an object such as {"embedding_dim": 128}, '
            f"not {parameters!r:.100}."
        )


class ParameterUnknown(EmbeddingRefused):
    """A parameter that does not exist."""

    @classmethod
    def about(cls, name: object, known: Iterable[str]) -> Self:
        return cls(f"There is no parameter {name!r:.100}: the parameters are {', '.join(known)}.")


class ParameterOutOfRange(EmbeddingRefused):
    """A parameter that exists, with a value that is no number of its range."""

    @classmethod
    def about(cls, name: str, value: object, expected: str) -> Self:
        return cls(f"{name} cannot be {value!r:.100}: it is {expected}.")


class AlgorithmUnknown(EmbeddingRefused):
    """An algorithm that is not built."""

    @classmethod
    def about(cls, algorithm: object, known: str) -> Self:
        return cls(f"There is no algorithm {algorithm!r:.100} here: the only one is {known}.")
