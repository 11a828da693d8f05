"""`train_spam_model` and `evaluate_spam`, from files and from moderators' decisions."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from comments.models import Hold, HoldStatus, Status
from comments.spam import training
from comments.spam.decisions import decided_samples
from comments.spam.model import load
from streams.models import Sanction
from tests.factories import CommentFactory, HoldFactory, StreamFactory, UserFactory

from .made_up import samples


def run(name, *args, **options):
    out = io.StringIO()
    call_command(name, *map(str, args), stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _train_quickly(monkeypatch):
    """How good a model is, is not asked here."""
    monkeypatch.setattr(training, "FOLDS", 2)
    monkeypatch.setattr(training, "DISGUISED_COPIES", 1)


@pytest.fixture
def collection(tmp_path):
    """Three labelled files of one collection."""
    paths = []
    for seed in (1, 2, 3):
        path = tmp_path / f"adverts_{seed}.jsonl"
        rows = (
            {"text": sample.text, "label": "spam" if sample.spam else "ham"}
            for sample in samples(45, seed=seed)
        )
        path.write_text("\n".join(map(json.dumps, rows)))
        paths.append(path)
    return paths


def test_training_from_files_prints_the_split_and_writes_a_model(collection, tmp_path):
    out = tmp_path / "model.json"
    said = run("train_spam_model", *collection, "--no-database", "--out", out)
    assert "recall at 1 % false positives" in said
    assert "learnt from 135 spam and 135 other texts." in said.splitlines()[-1]
    assert load(out).version in said


def test_training_from_too_little_writes_nothing(tmp_path):
    few, out = tmp_path / "few.csv", tmp_path / "model.json"
    few.write_text("text,label\nbuy,spam\nhello,ham\n")
    with pytest.raises(CommandError, match="1 different texts of spam"):
        run("train_spam_model", few, "--no-database", "--out", out)
    assert not out.exists()


def test_evaluation_leaves_one_file_out(collection):
    said = run("evaluate_spam", *collection)
    assert "adverts_1 by a model of adverts_2, adverts_3: 45 spam, 45 others" in said
    assert "adverts: mean of 3 files: F1 " in said
    assert said.splitlines()[-1] == "Judged 270 labelled texts and 0 logs."


def test_evaluation_counts_what_it_holds_of_a_real_log(tmp_path):
    message = "come and see the garden gnomes next door"
    lines = [{"t": n, "user": f"u{n}", "text": message} for n in range(10)]
    lines += [{"t": 100 + n, "user": f"u{n}", "text": message} for n in range(10)]
    log, waves = tmp_path / "evening.jsonl", tmp_path / "waves.json"
    log.write_text("\n".join(map(json.dumps, lines)))
    waves.write_text('[{"log": "evening", "t0": 0, "t1": 5.5}]')
    said = run("evaluate_spam", log, waves)
    # Six of the first ten; the second time everyone has been there for more than a minute.
    assert "newcomers new: held 6 of 20 (30.00%) [spam_copies 6] · in waves 2 of 6" in said
    assert "everyone new: held 12 of 20" in said


def test_evaluation_rehearses_raids():
    said = run("evaluate_spam", "--raid", "20")
    assert said.count("all held from message") == 6


@pytest.mark.parametrize("accounts", ["-5", "0", "10001"])
def test_evaluation_says_how_large_a_raid_may_be(accounts):
    with pytest.raises(CommandError, match=f"from 1 to 10000 accounts, not {accounts}"):
        run("evaluate_spam", f"--raid={accounts}")


def test_a_raid_of_one_is_rehearsed():
    assert run("evaluate_spam", "--raid", "1").count("all held from message") == 6


def test_evaluation_of_a_given_model_trains_none(collection, tmp_path):
    out = tmp_path / "model.json"
    run("train_spam_model", *collection[:2], "--no-database", "--out", out)
    said = run("evaluate_spam", collection[2], "--model", out)
    assert f"adverts_3 by {load(out).version}: 45 spam, 45 others" in said


@pytest.mark.parametrize("args", [[], ["missing.csv"], ["--raid", "5", "--model", "missing"]])
def test_evaluation_refuses_what_it_cannot_read(args):
    with pytest.raises(CommandError):
        run("evaluate_spam", *args)


@pytest.mark.django_db
def test_samples_are_what_moderators_decided():
    stream = StreamFactory()
    banned = UserFactory()
    Sanction.objects.create(
        stream=stream, user=banned, kind="ban", placed_at=stream.started_at, log_id=1
    )

    def comment(text, status=Status.VISIBLE, **more):
        CommentFactory(stream=stream, text=text, status=status, **more)

    def hold(text, status, by=None):
        HoldFactory(stream=stream, text=text)
        Hold.objects.filter(text=text).update(status=status, decided_by=by)

    comment("hidden", Status.HIDDEN)
    comment("withdrawn", Status.WITHDRAWN)
    comment("stands")
    comment("stands")
    comment("hidden")  # elsewhere it was overlooked
    comment("by somebody banned", author=banned)
    comment("by staff", author_role="moderator")
    hold("refused", HoldStatus.REFUSED, UserFactory())
    hold("expired", HoldStatus.EXPIRED)
    hold("waits", HoldStatus.OPEN)
    found = {(sample.text, sample.spam) for sample in decided_samples()}
    assert found == {("hidden", True), ("refused", True), ("stands", False)}
    assert len(decided_samples()) == 3
