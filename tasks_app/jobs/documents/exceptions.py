"""Why a document cannot be processed: one class per situation, each says what to do.

Each is raised as `Name.about(facts)`. The sentence is the only argument an instance has, so that
it survives pickling between processes and Celery's own rebuilding of exceptions.
"""

from collections.abc import Iterable
from typing import Any, Self


class DocumentRefused(ValueError):
    """A document, or what is asked to be done with it, is not acceptable."""


class InvalidDocumentId(DocumentRefused):
    """The id cannot be the name of a file."""

    @classmethod
    def about(cls, document_id: object) -> Self:
        return cls(
            f"{document_id!r:.200} cannot be a document_id: give the name of a file in the input "
            "folder, as printable text of at most 255 bytes, with or without its ending."
        )


class DocumentOutsideFolder(DocumentRefused):
    """The path leads out of the input folder."""

    @classmethod
    def about(cls, document_id: str) -> Self:
        return cls(
            f"{document_id!r} leads out of the input folder: "
            "copy the document into that folder and name it relative to it."
        )


class DocumentMissing(DocumentRefused):
    """No such document in the input folder."""

    @classmethod
    def about(cls, document_id: str, endings: Iterable[str]) -> Self:
        return cls(
            f"There is no document {document_id!r} in the input folder. Put a file of that name "
            f"and one of the endings {', '.join(endings)} into the folder that the setting "
            "INPUT_DIR names, or correct document_id."
        )


class DocumentAmbiguous(DocumentRefused):
    """Several documents have this name."""

    @classmethod
    def about(cls, document_id: str, candidates: Iterable[str]) -> Self:
        return cls(
            f"{document_id!r} may be any of {', '.join(candidates)}: give the name with its ending."
        )


class DocumentUnsupported(DocumentRefused):
    """The ending is of no kind that can be read."""

    @classmethod
    def about(cls, name: str, endings: Iterable[str]) -> Self:
        return cls(f"{name!r} cannot be read: its ending must be one of {', '.join(endings)}.")


class DocumentTooLarge(DocumentRefused):
    """The file has more bytes than are read into memory."""

    @classmethod
    def about(cls, name: str, size: int, limit: int) -> Self:
        return cls(f"{name!r} has {size} bytes; {limit} is the most. Split it into parts.")


class DocumentNotText(DocumentRefused):
    """A text or Markdown file does not hold UTF-8 text."""

    @classmethod
    def about(cls, name: str, position: int) -> Self:
        return cls(f"{name!r} is not UTF-8 text (at byte {position}): save it as UTF-8.")


class DocumentBroken(DocumentRefused):
    """A PDF cannot be read."""

    @classmethod
    def about(cls, name: str, problem: Exception) -> Self:
        said = f"{type(problem).__name__}: {problem}"[:200]
        return cls(f"{name!r} is not a readable PDF ({said}): export or download it again.")


class DocumentEncrypted(DocumentRefused):
    """A PDF needs a password, or an encryption that is not supported."""

    @classmethod
    def about(cls, name: str) -> Self:
        return cls(f"{name!r} is encrypted: save a copy without a password and process that.")


class OutputReplacesInput(DocumentRefused):
    """The output folder is arranged so that the output would overwrite its own document."""

    @classmethod
    def about(cls, name: str) -> Self:
        return cls(
            f"Writing {name!r} would overwrite the document itself: "
            "let INPUT_DIR and OUTPUT_DIR name different folders."
        )


class OutputOutsideFolder(DocumentRefused):
    """A link in the output folder leads out of it."""

    @classmethod
    def about(cls, name: str) -> Self:
        return cls(f"Writing {name!r} would leave the output folder: remove the link on the way.")


class OptionsNotAnObject(DocumentRefused):
    """`options` is something else than an object of names and values."""

    @classmethod
    def about(cls, options: Any) -> Self:
        return cls(f'options must be an object such as {{"format": "pdf"}}, not {options!r:.100}.')


class OptionUnknown(DocumentRefused):
    """An option that does not exist."""

    @classmethod
    def about(cls, name: object, known: Iterable[str]) -> Self:
        return cls(f"There is no option {name!r:.100}: the options are {', '.join(known)}.")


class OptionValueUnknown(DocumentRefused):
    """An option that exists, with a value that does not."""

    @classmethod
    def about(cls, name: str, value: object, known: Iterable[str]) -> Self:
        return cls(f"{name} cannot be {value!r:.100}: it is one of {', '.join(known)}.")
