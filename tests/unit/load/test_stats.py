"""Times in grains, and what they amount to."""

from tests.load.stats import Times, in_grains


def test_percentile_is_the_time_that_so_many_do_not_exceed():
    times = Times()
    for ms in range(1, 101):
        times.add(ms / 1000 - 0.0004)
    assert [times.percentile(50), times.percentile(99), times.most] == [50.0, 99.0, 100.0]


def test_percentile_of_nothing_is_zero():
    assert (Times().percentile(99), Times().most, len(Times())) == (0.0, 0.0, 0)


def test_spread_counts_from_one_moment_to_all_others():
    times = Times()
    times.add_spread(10.0, in_grains([10.010, 10.010, 10.020, 9.0]))
    assert len(times) == 4
    assert [times.percentile(25), times.percentile(75), times.most] == [0.5, 10.5, 20.5]


def test_merge_adds_the_counts_of_another():
    one, other = Times({4: 1}), Times({4: 2, 8: 1})
    one.merge(other)
    assert (len(one), one.percentile(75), one.most) == (4, 2.5, 4.5)
