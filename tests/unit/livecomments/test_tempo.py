"""The tick grows before frames queue up, and shrinks again when it has long been calm."""

import pytest

from livecomments.batcher.tempo import CALM_SECONDS, Tempo


@pytest.fixture
def tempo():
    return Tempo()


def observed(tempo, lag, *, since=0.0, seconds=0.0):
    """Let a lag be reported every two seconds; return the tick afterwards."""
    moment = since
    while moment <= since + seconds:
        tempo.observe(lag, moment)
        moment += 2.0
    return tempo.tick_seconds


def test_a_stream_begins_at_a_tenth_of_a_second(tempo):
    assert tempo.tick_seconds == 0.1


@pytest.mark.parametrize(("lag", "tick"), [(0.0, 0.1), (0.12, 0.1), (0.13, 0.2)])
def test_the_tick_grows_when_a_frame_takes_longer_than_it(tempo, lag, tick):
    assert observed(tempo, lag) == tick


def test_the_tick_grows_by_one_step_per_report_up_to_half_a_second(tempo):
    ticks = []
    for number in range(4):
        tempo.observe(3.0, number * 2.0)
        ticks.append(tempo.tick_seconds)

    assert ticks == [0.2, 0.5, 0.5, 0.5]


def test_a_lag_that_fits_the_longer_tick_but_not_the_shorter_keeps_it(tempo):
    tempo.observe(0.14, 0.0)

    assert observed(tempo, 0.14, since=2.0, seconds=60.0) == 0.2


def test_the_tick_shrinks_only_after_a_calm_time(tempo):
    tempo.observe(0.14, 0.0)

    assert observed(tempo, 0.01, since=2.0, seconds=CALM_SECONDS - 2) == 0.2
    assert observed(tempo, 0.01, since=2.0 + CALM_SECONDS) == 0.1


def test_a_busy_moment_begins_the_calm_time_anew(tempo):
    tempo.observe(0.14, 0.0)
    observed(tempo, 0.01, since=2.0, seconds=CALM_SECONDS - 2)
    tempo.observe(0.09, 11.0)

    assert observed(tempo, 0.01, since=12.0, seconds=CALM_SECONDS - 2) == 0.2
    assert observed(tempo, 0.01, since=12.0 + CALM_SECONDS) == 0.1


def test_a_flush_that_is_a_little_late_does_not_delay_the_next(tempo):
    assert tempo.next_flush(5.0, 5.0) == pytest.approx(5.1)
    assert tempo.next_flush(5.0, 5.04) == pytest.approx(5.1)


def test_after_a_pause_the_tick_begins_with_the_flush(tempo):
    assert tempo.next_flush(5.0, 5.06) == pytest.approx(5.16)
    assert tempo.next_flush(0.0, 99.0) == pytest.approx(99.1)


def test_a_busy_stream_is_flushed_ten_times_a_second_although_each_flush_is_late(tempo):
    due, flushes = 0.0, 0
    while due < 9.99:
        due = tempo.next_flush(due, due + 0.03)
        flushes += 1

    assert flushes == 100


def test_a_longer_tick_forgives_more_lateness(tempo):
    tempo.observe(0.2, 0.0)
    tempo.observe(0.3, 2.0)

    assert tempo.tick_seconds == 0.5
    assert tempo.next_flush(5.0, 5.24) == pytest.approx(5.5)
    assert tempo.next_flush(5.0, 5.26) == pytest.approx(5.76)


def test_the_tick_never_grows_beyond_the_last_nor_shrinks_below_the_first(tempo):
    for number in range(10):
        tempo.observe(60.0, number * 2.0)
    assert tempo.tick_seconds == 0.5
    assert observed(tempo, 0.0, since=100.0, seconds=100.0) == 0.1
    assert observed(tempo, 0.0, since=300.0, seconds=100.0) == 0.1


def test_each_step_down_needs_a_calm_time_of_its_own(tempo):
    tempo.observe(0.2, 0.0)
    tempo.observe(0.3, 2.0)

    assert observed(tempo, 0.0, since=4.0, seconds=CALM_SECONDS) == 0.2
    assert observed(tempo, 0.0, since=16.0, seconds=CALM_SECONDS - 2) == 0.2
    assert observed(tempo, 0.0, since=26.0, seconds=2.0) == 0.1
