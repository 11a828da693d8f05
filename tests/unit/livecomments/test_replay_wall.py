"""What viewers were shown: every way of being wrong is noticed and counted."""

import pytest
from msgspec.structs import replace

from livecomments.protocol import Backfill, Comment, CommentPosted, Frame, Person
from livecomments.replay.histogram import Histogram
from livecomments.replay.wall import Expected, Verdict, Viewpoint, Wall, judge


def comment(number, text="hello"):
    return Comment(id=str(number), user=Person(id="1", name="Ann"), text=text, at=0)


def frame(seq, *numbers, text="hello"):
    items = [CommentPosted(comment=comment(number, text)) for number in numbers]
    return Frame(seq=seq, through=str(max(numbers, default=0)), items=items)


def view_of(wall, *frames):
    view = Viewpoint(wall)
    view.begin([])
    for one in frames:
        view.frame("epoch", one)
    return view


def test_viewers_who_saw_everything_are_right():
    wall = Wall()
    frames = [frame(1, 10, 11), frame(2), frame(3, 12)]
    views = [view_of(wall, *frames) for _ in range(3)]

    verdict = judge(views, Expected({10, 11, 12}))

    assert (verdict.right_viewers, verdict.missing, verdict.doubled, verdict.out_of_order) == (
        3, 0, 0, 0,
    )  # fmt: skip
    assert len(list(wall.batches)) == 2
    assert [batch.arrivals.total() for batch in wall.batches] == [3, 3]


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([frame(1, 10), frame(3, 12)], (1, 0, 0)),
        ([frame(1, 10), frame(2, 11), frame(3, 11, 12)], (0, 1, 0)),
        ([frame(1, 11), frame(2, 10), frame(3, 12)], (0, 0, 1)),
        ([frame(1, 12, 10)], (1, 0, 1)),
    ],
)
def test_one_wrong_view_among_right_ones_is_counted(frames, expected):
    wall = Wall()
    right = [frame(1, 10), frame(2, 11), frame(3, 12)]
    other = Wall()  # the wrong view has frames of its own

    verdict = judge([view_of(wall, *right), view_of(other, *frames)], Expected({10, 11, 12}))

    assert verdict.right_viewers == 1
    assert (verdict.missing, verdict.doubled, verdict.out_of_order) == expected


def test_comments_of_others_need_not_be_shown_but_must_be_in_order():
    wall = Wall()

    verdict = judge([view_of(wall, frame(1, 10, 99), frame(2, 50))], Expected({10}))

    assert (verdict.missing, verdict.out_of_order) == (0, 1)


def test_frames_that_differ_between_viewers_are_noticed():
    wall = Wall()
    view_of(wall, frame(1, 10))
    view_of(wall, frame(1, 11))

    assert wall.different_bytes == 1


def test_comment_that_reads_differently_later_is_noticed():
    wall = Wall()
    view_of(wall, frame(1, 10), frame(2, 10, text="something else"))

    assert wall.changed_texts == 1


def test_archive_and_reload_count_as_shown():
    wall = Wall()
    view = view_of(wall, frame(1, 10))
    view.backfill(Backfill(audience="public", through="11", items=frame(1, 11).items))
    view.reload([comment(10), comment(11), comment(12)])

    verdict = judge([view], Expected({10, 11, 12}))

    assert (verdict.right_viewers, verdict.doubled, view.reloads) == (1, 0, 1)


# --- what was left out ---------------------------------------------------------------------------


def leaving_out(one, count):
    return replace(one, left_out=count)


def test_left_out_comments_are_missed_by_nobody_when_the_frames_count_them():
    frames = [frame(1, 10), leaving_out(frame(2), 1), leaving_out(frame(3, 13), 1)]
    views = [view_of(Wall(), *frames)]

    assert judge(views, Expected({10, 11, 12, 13}, {11, 12}, 2)) == Verdict(right_viewers=1)
    assert judge(views, Expected({10, 11, 12, 13})).missing == 2


@pytest.mark.parametrize(
    ("counts", "left_out", "most", "miscounted"),
    [
        ((0, 1), {11, 12}, 2, 1),  # one was left out and not told of
        ((2, 1), {11, 12}, 2, 1),  # one was told of twice
        ((2, 1), {11, 12}, 3, 0),  # one was somebody else's
        ((2, 1), {11, 12}, None, 0),  # nobody knows who else spoke
        ((0, 0), {11, 12}, None, 2),
    ],
)
def test_a_wrong_count_of_what_was_left_out_is_noticed(counts, left_out, most, miscounted):
    frames = [leaving_out(frame(number, 19 + number), n) for number, n in enumerate(counts, 1)]

    verdict = judge([view_of(Wall(), *frames)], Expected({10, *left_out}, left_out, most))

    assert verdict.miscounted == miscounted


def test_a_comment_that_was_to_be_left_out_and_is_shown_is_noticed():
    views = [view_of(Wall(), leaving_out(frame(1, 10, 11), 1))]

    verdict = judge(views, Expected({10, 11}, {11}, 1))

    assert verdict == Verdict(shown_left_out=1)


def test_the_archive_counts_what_was_left_out_as_well():
    view = view_of(Wall(), leaving_out(frame(1, 10), 1))
    missed = Backfill(audience="public", through="14", items=frame(1, 12).items, left_out=2)
    view.backfill(missed)

    assert judge([view], Expected({10, 11, 12, 13, 14}, {11, 13, 14}, 3)).right_viewers == 1
    assert view.through == "14"


def test_who_began_again_was_not_told_what_was_left_out_before():
    view = view_of(Wall(), frame(1, 10))
    view.reload([comment(12)], "12")

    assert judge([view], Expected({10, 11, 12}, {11}, 1)).right_viewers == 1


def test_frames_that_show_nothing_still_say_how_far_they_go():
    view = view_of(Wall(), frame(1, 10))
    view.frame("epoch", replace(frame(2), through="15", left_out=3))
    view.frame("epoch", replace(frame(3), through="17"))

    assert (view.through, view.last_id) == ("17", 10)


def test_percentiles_are_those_of_the_counted_times():
    times = Histogram()
    for ms in range(1, 101):
        times.add(ms)

    assert [times.percentile(percent) for percent in (50, 95, 99)] == [50, 95, 99]
    assert str(times) == "p50 50 · p95 95 · p99 99 · most 100 ms"


def test_times_below_zero_are_zero_and_nothing_is_a_dash():
    times = Histogram()
    assert str(times) == "–"
    times.add(-3.0, 4)
    assert (len(times), times.percentile(99)) == (4, 0)
