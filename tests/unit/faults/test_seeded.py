"""The checker catches every seeded fault as what it is, and finds nothing in a run without one."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.checker import judge
from tests.faults.history import How, Kind, Outcome, Told
from tests.faults.model import Product, play
from tests.faults.seeded import MORE, TEN
from tests.faults.spoil import SPOILS, NothingToSpoil, spoiled
from tests.faults.verdict import KINDS

SEEDS = range(6)


def counts(history):
    verdict = judge(history)
    return Counter({kind: getattr(verdict, kind) for kind in verdict.kinds})


def is_paced(kind):
    return kind == "miscounted"


@given(seed=st.integers(0, 2**32), paced=st.booleans(), steps=st.integers(20, 900))
@settings(max_examples=40)
def test_product_that_keeps_the_promise_passes(seed, paced, steps):
    verdict = judge(play(Product, seed=seed, paced=paced, steps=steps))

    assert verdict.holds, str(verdict)


def test_runs_of_the_model_contain_what_may_go_wrong():
    outcomes, messages, reloads, kinds = Counter(), Counter(), 0, Counter()
    for seed in SEEDS:
        history = play(Product, seed=seed, paced=True)
        outcomes.update(history.outcomes())
        for view in history.views:
            reloads += view.reloads
            told = [one for one in view.told if isinstance(one, Told)]
            messages.update(one.how for one in told)
            kinds.update(kind for one in told for kind, _ in one.items)

    assert set(outcomes) == {Outcome.OK, Outcome.REFUSED, Outcome.UNKNOWN}
    assert set(messages) == {How.FRAME, How.BACKFILL}
    assert set(kinds) == set(Kind)
    assert reloads > 5


def test_there_are_ten():
    assert len(set(TEN)) == 10
    assert {fault.kind for fault in TEN + MORE} == set(KINDS) - {"presses"}


@pytest.mark.parametrize("fault", TEN + MORE, ids=lambda fault: fault.__name__)
def test_seeded_fault_is_caught_as_what_it_is(fault):
    found = Counter()
    for seed in SEEDS:
        paced = is_paced(fault.kind)
        found += counts(play(fault, seed=seed, paced=paced))

    assert found, "nothing was found"
    assert found.most_common(1)[0][0] == fault.kind, found


@pytest.mark.parametrize("kind", SPOILS)
def test_one_fault_in_a_history_is_caught(kind):
    found = []
    for seed in SEEDS:
        history = play(Product, seed=seed)
        try:
            found.append(judge(spoiled(history, kind, seed=seed)).kinds)
        except NothingToSpoil:
            continue

    assert len(found) > len(SEEDS) / 2
    assert all(kind.split()[0] in kinds for kinds in found), found


def test_verdict_reads_like_a_report():
    history = play(TEN[0], seed=1)

    told = str(judge(history))

    assert told.startswith(f"{history.acknowledged} acknowledged, 5 views: lost ")
    assert "not in Postgres" in told
    assert "after a crash" in told
