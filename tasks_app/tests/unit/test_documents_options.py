"""What may be asked of process_document."""

import pickle

import pytest

from tasks_app.jobs.documents import exceptions
from tasks_app.jobs.documents.exceptions import (
    DocumentRefused,
    OptionsNotAnObject,
    OptionUnknown,
    OptionValueUnknown,
)
from tasks_app.jobs.documents.options import FORMATS, QUALITIES, read_options


@pytest.mark.parametrize("given", [None, {}])
def test_nothing_said_means_normal_text(given):
    options = read_options(given)

    assert (options.format, options.quality.name) == ("txt", "normal")


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("quality", QUALITIES)
def test_every_format_comes_in_every_quality(format_name, quality):
    options = read_options({"format": format_name, "quality": quality})

    assert (options.format, options.quality.name) == (format_name, quality)


@pytest.mark.parametrize(
    "given, refusal, sentence",
    [
        ("pdf", OptionsNotAnObject, "not 'pdf'"),
        (["pdf"], OptionsNotAnObject, 'such as {"format": "pdf"}'),
        ({"colour": 1}, OptionUnknown, "no option 'colour': the options are format, quality"),
        ({"format": "docx"}, OptionValueUnknown, "format cannot be 'docx'.* txt, md, html, pdf"),
        ({"format": None}, OptionValueUnknown, "format cannot be None"),
        ({"format": ["pdf"]}, OptionValueUnknown, "format cannot be"),
        ({"quality": ["high"]}, OptionValueUnknown, "quality cannot be"),
        ({"quality": "best"}, OptionValueUnknown, "quality cannot be 'best'.* draft, normal, high"),
    ],
)
def test_anything_else_is_refused_by_name(given, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        read_options(given)


def test_a_refusal_survives_the_way_between_processes():
    refusal = exceptions.DocumentAmbiguous.about("a", ["a.md", "a.txt"])

    copy = pickle.loads(pickle.dumps(refusal))  # noqa: S301
    rebuilt_by_celery = type(refusal)(*refusal.args)

    assert str(copy) == str(rebuilt_by_celery) == str(refusal)


def test_every_refusal_is_a_value_error_that_callers_can_catch_as_one():
    refusals = [it for it in vars(exceptions).values() if isinstance(it, type)]

    assert all(
        issubclass(it, DocumentRefused) for it in refusals if it.__module__ == exceptions.__name__
    )
    assert issubclass(DocumentRefused, ValueError)
