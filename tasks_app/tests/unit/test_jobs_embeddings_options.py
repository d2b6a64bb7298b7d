"""What may be asked of an embedding, and how it is refused."""

import pytest

from tasks_app.jobs.embeddings.exceptions import (
    AlgorithmUnknown,
    InvalidTaskId,
    OutputLeavesFolder,
    ParameterOutOfRange,
    ParametersNotAnObject,
    ParameterUnknown,
)
from tasks_app.jobs.embeddings.naming import output_name, target_in
from tasks_app.jobs.embeddings.options import Options, read_options


@pytest.mark.parametrize("nothing", [None, {}, {"epochs": None}])
def test_what_is_not_said_has_its_default(nothing):
    assert read_options(nothing) == Options(128, "TransE", 50, 0.1, 1.0, 0)


def test_every_parameter_is_taken():
    said = {
        "embedding_dim": 1024,
        "algorithm": "TransE",
        "epochs": 7,
        "learning_rate": 1,
        "margin": 0.5,
        "seed": 11,
    }

    assert read_options(said) == Options(1024, "TransE", 7, 1.0, 0.5, 11)


@pytest.mark.parametrize("spelling", ["transe", "TRANSE", "TransE"])
def test_the_algorithm_is_known_in_any_case(spelling):
    assert read_options({"algorithm": spelling}).algorithm == "TransE"


@pytest.mark.parametrize("algorithm", ["RotatE", "", "trans-e", 1, ["TransE"]])
def test_another_algorithm_is_refused_by_its_name(algorithm):
    with pytest.raises(AlgorithmUnknown) as refusal:
        read_options({"algorithm": algorithm})

    assert repr(algorithm) in str(refusal.value)
    assert "the only one is TransE" in str(refusal.value)


def test_an_unknown_parameter_is_refused_by_its_name():
    with pytest.raises(ParameterUnknown, match=r"'dim'.*embedding_dim, algorithm, epochs"):
        read_options({"dim": 3})


@pytest.mark.parametrize("parameters", ["TransE", 5, [], ["epochs"], True])
def test_parameters_that_are_no_object_are_refused(parameters):
    with pytest.raises(ParametersNotAnObject, match="must be an object such as"):
        read_options(parameters)


@pytest.mark.parametrize(
    "name, least, most",
    [("embedding_dim", 1, 4096), ("epochs", 1, 10_000), ("seed", 0, 2**63 - 1)],
)
def test_whole_numbers_have_their_range(name, least, most):
    assert getattr(read_options({name: least}), name) == least
    assert getattr(read_options({name: most}), name) == most
    for outside in (least - 1, most + 1):
        with pytest.raises(ParameterOutOfRange, match=f"{name} cannot be {outside}: it is a whole"):
            read_options({name: outside})


@pytest.mark.parametrize("name", ["embedding_dim", "epochs", "seed"])
@pytest.mark.parametrize("value", [True, 1.5, 8.0, "8", [8]])
def test_what_is_no_whole_number_is_refused(name, value):
    with pytest.raises(ParameterOutOfRange, match=name):
        read_options({name: value})


@pytest.mark.parametrize("name, most", [("learning_rate", 10), ("margin", 100)])
def test_distances_are_positive_and_bounded(name, most):
    assert getattr(read_options({name: most}), name) == most
    for outside in (0, -1, most + 0.1, float("nan"), float("inf"), True, "1"):
        with pytest.raises(ParameterOutOfRange, match=f"{name} cannot be .*above 0, at most"):
            read_options({name: outside})


@pytest.mark.parametrize("task_id", ["task1", "a.b_c-9", "0198c0de-0000-7000-8000-000000000000"])
def test_a_plain_id_is_the_name_of_its_file(task_id):
    assert output_name(task_id) == f"embeddings/{task_id}.npz"


@pytest.mark.parametrize(
    "task_id", ["../../etc/passwd", "/etc/passwd", "a/b", "..", ".work", "a b", "ä", "a" * 150]
)
def test_an_id_that_is_no_file_name_stays_in_the_folder_and_is_told_apart(task_id):
    name = output_name(task_id)

    folder, _, file = name.partition("/")
    assert folder == "embeddings"
    assert "/" not in file
    assert not file.startswith(".")
    assert len(file) < 100
    assert name != output_name(f"{task_id}-")
    assert name == output_name(task_id)


@pytest.mark.parametrize("task_id", ["", "  ", "a\nb", "a\0", "\ud800", "a" * 201, None, 7, ["a"]])
def test_what_names_nothing_is_refused(task_id):
    with pytest.raises(InvalidTaskId, match="cannot be a task_id: give printable text"):
        output_name(task_id)


def test_a_link_does_not_lead_the_output_elsewhere(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "embeddings").symlink_to(tmp_path)

    with pytest.raises(OutputLeavesFolder, match="remove the link on the way"):
        target_in(tmp_path / "output", "embeddings/a.npz")


def test_an_output_folder_may_itself_be_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "output").symlink_to(tmp_path / "real")

    assert target_in(tmp_path / "output", "embeddings/a.npz").is_relative_to(tmp_path / "real")
