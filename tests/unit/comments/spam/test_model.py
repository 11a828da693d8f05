"""The model: learns, survives disguises, is saved and served without scikit-learn."""

import json
import subprocess
import sys

import pytest

from comments.spam import training
from comments.spam.evaluation import judge_labelled, rates, recall_at
from comments.spam.features import KnownWords, pieces
from comments.spam.model import NotAModel, load
from comments.spam.normalise import views
from comments.spam.training import TooLittle, thresholds, train

from .made_up import samples


@pytest.fixture(scope="module")
def model():
    return train(samples(), version="test")


def test_model_tells_adverts_from_talk(model):
    found = judge_labelled(model, samples(seed=2))
    assert found.flagged.f1 > 0.95
    assert found.held.false_positives <= 0.02
    assert found.recall_at_1_percent > 0.9


def test_model_recognises_every_disguise(model):
    found = judge_labelled(model, samples(seed=3))
    assert min(found.disguised.values()) > 0.9, found.disguised
    assert len(found.disguised) == 7


def test_model_lets_strange_texts_pass(model):
    for text in (
        "",
        "？？？",
        "これはペンです",
        "всем привет, как дела",
        "lol",
        "🌷" * 30,
        "x" * 300,
    ):
        assert model.score(text) < model.flag_from, text


def test_held_is_stricter_than_flagged(model):
    assert model.flag_from <= model.hold_from


def test_model_comes_back_from_its_file(model, tmp_path):
    path = tmp_path / "model.json"
    size = model.save(path)
    again = load(path)
    assert path.stat().st_size == size
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.json"]
    assert (again.version, again.hold_from) == ("test", model.hold_from)
    for sample in samples(5, seed=4):
        assert again.score(sample.text) == pytest.approx(model.score(sample.text), abs=1e-4)


def test_model_file_holds_no_sentence(model, tmp_path):
    path = tmp_path / "model.json"
    model.save(path)
    content = path.read_text()
    assert not any(sample.text in content for sample in samples())


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"format": 99}', '{"format": 1}'])
def test_file_that_is_no_model_is_refused(content, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(content)
    with pytest.raises(NotAModel):
        load(path)


def test_damaged_model_is_refused(model, tmp_path):
    path = tmp_path / "model.json"
    model.save(path)
    content = json.loads(path.read_text())
    content["weight"] = content["weight"][:40]
    path.write_text(json.dumps(content))
    with pytest.raises(NotAModel):
        load(path)
    with pytest.raises(NotAModel):
        load(tmp_path / "missing.json")


def test_serving_needs_no_scikit_learn():
    code = (
        "import sys, django; django.setup(); import comments.spam.layers; "
        "print(any(name.split('.')[0] in ('sklearn', 'numpy', 'scipy') for name in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_training_needs_enough_of_each():
    few = [sample for sample in samples() if not sample.spam] + samples(5)[::2]
    with pytest.raises(TooLittle, match="spam"):
        train(few, version="x")


def test_copies_of_one_text_are_not_enough():
    copies = [training.Sample("Buy gnomes now" + "!" * n, True) for n in range(30)]
    with pytest.raises(TooLittle, match="different texts of spam"):
        train([sample for sample in samples() if not sample.spam] + copies[:3] * 10, version="x")


def test_copies_of_a_text_are_judged_by_a_model_without_them():
    text = "Buy gnomes, buy them now"
    assert (
        len({training._fold(training.Sample(t, True)) for t in (text, "bUy gn0mes,  buy them n0w")})
        == 1
    )


def test_thresholds_hold_above_all_but_half_a_percent_of_people():
    people = [number / 200 for number in range(400)]
    spam = [2.5] * 50
    hold, flag = thresholds(people + spam, [False] * 400 + [True] * 50)
    assert sum(score >= hold for score in people) == 2
    assert sum(score >= flag for score in people) >= 4


def test_long_word_is_cut_into_known_ones():
    # To the model l is i, and twice is once.
    known = KnownWords({"buy": -3.0, "my": -2.0, "tuips": -5.0})
    together, apart = (pieces(t, views(t), known) for t in ("buymytulips", "buy my tulips"))
    assert together.words == apart.words
    assert together.groups == apart.groups


def test_long_word_that_is_none_of_known_ones_stays_whole():
    known = KnownWords({"buy": -3.0, "a": -2.0})
    text = "hippopotamusbuy"
    assert len(pieces(text, views(text), known).words) == 1


def test_rates_count_as_they_say():
    found = rates([3, 2, 1, 0], [True, False, True, False], 2)
    assert (found.precision, found.recall, found.f1, found.false_positives) == (0.5, 0.5, 0.5, 0.5)
    nothing = rates([0, 0], [True, False], 1)
    assert (nothing.precision, nothing.recall, nothing.f1) == (1.0, 0.0, 0.0)


def test_recall_at_false_positives_is_above_the_people_left_out():
    scores = [float(number) for number in range(100)] + [98.5, 99.5, 50.0]
    assert recall_at(scores, [False] * 100 + [True] * 3, 0.01) == pytest.approx(2 / 3)
