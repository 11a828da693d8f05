"""lua/windows.lua against a model that keeps every single spending. Sync: one call per story."""

import json

import pytest
from django_redis import get_redis_connection
from hypothesis import given, settings
from hypothesis import strategies as st

from livecomments import redisdb

# ARGV: a JSON story of {now, cost, limit, span, grain}; returns the wait of each step. What fits
# is spent, and the window goes through its packed form after each step, as between two calls.
STORY = """-- uses: windows
local steps, waits, packed = cjson.decode(ARGV[1]), {}, nil
for i = 1, #steps do
  local step = steps[i]
  local window = window_open(packed, step.now, 2 * step.span) -- kept for a longer one as well
  waits[i] = window_wait(window, step.now, step.cost, step.limit, step.span)
  if waits[i] == 0 then window_spend(window, step.now, step.cost, step.grain) end
  packed = cmsgpack.pack(window)
end
return waits
"""


def waits_of(steps):
    source = redisdb._with_parts(STORY)
    return get_redis_connection("default").eval(source, 0, json.dumps(steps))


class Model:
    """Every spending at its own millisecond. A spending counts until `span` ms later."""

    def __init__(self, limit, span):
        self.limit, self.span = limit, span
        self.spent = []

    def used(self, now):
        return sum(cost for at, cost in self.spent if at > now - self.span)

    def wait(self, now, cost):
        for later in [now, *(at + self.span for at, _ in self.spent if at > now - self.span)]:
            if self.used(later) + cost <= self.limit:
                return later - now
        return self.span


def story(gaps, *, limit, span, grain, start=1_000_000):
    now, steps = start, []
    for gap, cost in gaps:
        now += gap
        steps.append({"now": now, "cost": cost, "limit": limit, "span": span, "grain": grain})
    return steps


GAPS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 1, 7, 49, 50, 51, 99, 100, 333, 999, 1_000, 1_001]),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=150)
@given(GAPS, st.integers(1, 6), st.sampled_from([100, 1_000]))
def test_a_fine_window_is_exact(gaps, limit, span):
    steps, model = story(gaps, limit=limit, span=span, grain=1), Model(limit, span)

    for step, wait in zip(steps, waits_of(steps), strict=True):
        assert wait == model.wait(step["now"], step["cost"])
        if wait == 0:
            model.spent.append((step["now"], step["cost"]))


@settings(max_examples=150)
@given(GAPS, st.integers(1, 6), st.sampled_from([50, 100]))
def test_a_coarse_window_never_over_admits_and_over_refuses_by_one_grain(gaps, limit, grain):
    span = 1_000
    steps, model = story(gaps, limit=limit, span=span, grain=grain), Model(limit, span)

    for step, wait in zip(steps, waits_of(steps), strict=True):
        least = model.wait(step["now"], step["cost"])
        if step["cost"] > limit:
            assert wait > 0, "what never fits is never taken"
        else:
            assert least <= wait < least + grain
        if wait == 0:
            model.spent.append((step["now"], step["cost"]))
            assert model.used(step["now"]) <= limit


def test_a_wait_is_exact_to_the_millisecond():
    gaps = [(0, 1), (100, 1), (100, 1), (0, 1), (799, 1), (1, 1), (99, 1), (1, 1)]

    assert waits_of(story(gaps, limit=3, span=1_000, grain=1)) == [0, 0, 0, 800, 1, 0, 1, 0]


def test_a_refused_step_burns_nothing():
    refused = [(0, 1)] * 50

    waits = waits_of(story([(0, 1), *refused, (1_000, 1)], limit=1, span=1_000, grain=1))

    assert waits == [0, *[1_000] * 50, 0]


def test_what_is_larger_than_the_limit_waits_for_ever_and_a_span_is_said():
    assert waits_of(story([(0, 4)], limit=3, span=1_000, grain=1)) == [1_000]


@pytest.mark.parametrize("grain", [50, 100])
def test_a_coarse_window_stays_short(grain):
    """Its size is bounded by span and grain, however many are counted."""
    size = """-- uses: windows
    local window = window_new()
    for now = 1, 10000 do
      window = window_prune(window, now, 1000)
      window_spend(window, now, 1, tonumber(ARGV[1]))
    end
    return (#window - 1) / 2"""

    entries = get_redis_connection("default").eval(redisdb._with_parts(size), 0, grain)

    assert entries <= 1_000 / grain + 1
