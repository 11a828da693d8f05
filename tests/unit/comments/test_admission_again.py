"""Admission when something is asked again or does not answer: nonces, guards, Redis away."""

import asyncio

import pytest

from comments import admission as gates
from comments.admission import Admission, Admitted
from livecomments import limits, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import NONCE_KEPT_SECONDS, ErrorCode
from tests.rooms import ROOM, log_entries, open_room, person, post


@pytest.fixture
async def gate(redis):
    await open_room()
    return Admission()


async def refusal_of(gate, one):
    with pytest.raises(DomainError) as refused:
        await gate.submit(one)
    return refused.value.code, refused.value.retry_after_ms


async def test_the_same_nonce_gets_the_same_answer_and_is_stored_once(gate):
    one = post("hello")

    first = await gate.submit(one)
    again = [await gate.submit(one) for _ in range(10)]

    assert again == [Admitted(first.id, held=False, seen=True)] * 10
    assert [entry.id for entry in await log_entries()] == [first.id]


async def test_the_same_nonce_twice_in_one_batch_is_stored_once(gate):
    one = post("hello")

    answers = await asyncio.gather(*(gate.submit(one) for _ in range(10)))

    assert len({answer.id for answer in answers}) == 1
    assert [answer.seen for answer in answers] == [False] + [True] * 9
    assert len(await log_entries()) == 1


async def test_two_processes_store_the_same_nonce_once(gate):
    one, other = post("hello"), Admission()

    answers = await asyncio.gather(gate.submit(one), other.submit(one))

    assert answers[0].id == answers[1].id
    assert sorted(answer.seen for answer in answers) == [False, True]
    assert len(await log_entries()) == 1


async def test_a_held_post_gets_its_hold_again(gate, redis):
    await redis.hset(redisdb.state(ROOM), "review", 1)
    one = post("hello")

    first, again = await gate.submit(one), await gate.submit(one)

    assert again == Admitted(first.id, held=True, seen=True)
    assert await redis.hlen(redisdb.holds(ROOM)) == 1


async def test_a_nonce_is_used_for_one_text_by_one_person(gate):
    await gate.submit(post("hello", nonce="n"))

    assert await refusal_of(gate, post("bye", nonce="n")) == (ErrorCode.NONCE_REUSED, None)
    await gate.submit(post("hello", nonce="n", author=person(8)))
    assert [entry.body.author for entry in await log_entries()] == [7, 8]


async def test_a_refused_post_does_not_use_its_nonce(gate, redis):
    await redis.hset(redisdb.state(ROOM), "closed", 1)
    one = post("hello")
    assert (await refusal_of(gate, one))[0] is ErrorCode.ROOM_CLOSED
    await redis.hset(redisdb.state(ROOM), "closed", 0)

    assert (await gate.submit(one)).seen is False


async def test_a_nonce_is_kept_twice_as_long_as_clients_try(gate, redis):
    await gate.submit(post("hello", nonce="n"))

    left = await redis.pttl(redisdb.nonce(ROOM, 7, "n"))

    assert NONCE_KEPT_SECONDS * 1_000 - 5_000 < left <= NONCE_KEPT_SECONDS * 1_000


@pytest.mark.parametrize("change", [{"closed": 1}, {"status": "ended"}, {"slow_seconds": 300}])
async def test_a_repeated_nonce_is_answered_whatever_the_room_is_now(gate, redis, change):
    one = post("hello")
    first = await gate.submit(one)

    await redis.hset(redisdb.state(ROOM), mapping=change)
    await redis.hset(redisdb.sanctions(ROOM), "7", "ban")

    assert (await gate.submit(one)).id == first.id


async def test_a_repeated_nonce_is_answered_when_the_quota_is_exhausted(gate, monkeypatch):
    one = post("hello")
    first = await gate.submit(one)
    spent = limits.Window(count=1, span_ms=60_000, staff_count=1)
    monkeypatch.setattr(limits, "USER_WINDOW", spent)
    assert (await refusal_of(gate, post("other")))[0] is ErrorCode.RATE_LIMITED

    assert await gate.submit(one) == Admitted(first.id, held=False, seen=True)


async def test_a_nonce_repeated_with_another_text_is_told_so_or_refused_by_quota(gate, monkeypatch):
    await gate.submit(post("hello", nonce="n"))
    spent = limits.Window(count=1, span_ms=60_000, staff_count=1)
    monkeypatch.setattr(limits, "USER_WINDOW", spent)

    code, wait = await refusal_of(gate, post("bye", nonce="n"))

    assert code is ErrorCode.RATE_LIMITED
    assert wait > 0


async def test_repeated_nonces_burn_no_quota(gate):
    one = post("hello")
    for _ in range(2 * limits.USER_WINDOW.count):
        await gate.submit(one)

    assert isinstance(await gate.submit(post("other")), Admitted)


# --- guards --------------------------------------------------------------------------------------


async def test_without_its_marker_everybody_is_told_to_wait(gate, redis):
    await redis.delete(redisdb.ready(0))

    assert await refusal_of(gate, post("hello")) == (ErrorCode.BUSY, 1_000)
    assert await log_entries() == []


async def test_a_log_that_nobody_trims_takes_no_more(gate, monkeypatch):
    monkeypatch.setattr(gates, "MAX_LOG_ENTRIES", 2)
    for text in "ab":
        await gate.submit(post(text))

    assert await refusal_of(gate, post("c")) == (ErrorCode.BUSY, 2_000)
    assert len(await log_entries()) == 2


@pytest.fixture
async def most_memory(redis):
    """Sets how much memory Redis may use; puts it back."""
    before = (await redis.config_get("maxmemory"))["maxmemory"]

    async def set_most(most):
        await redis.config_set("maxmemory", most)

    yield set_most
    await redis.config_set("maxmemory", before)


async def test_a_redis_that_is_nearly_full_takes_no_more(gate, redis, most_memory, monkeypatch):
    monkeypatch.setattr(gates, "MEMORY_CHECK_SECONDS", 0.0)
    used = (await redis.info("memory"))["used_memory"]
    await most_memory(int(used / gates.MEMORY_GUARD * 0.99))

    assert await refusal_of(gate, post("a")) == (ErrorCode.BUSY, 2_000)
    assert await log_entries() == []
    await most_memory(used * 10)
    assert isinstance(await gate.submit(post("a")), Admitted)


async def test_a_redis_without_a_bound_is_never_full(gate, most_memory):
    await most_memory(0)

    assert isinstance(await gate.submit(post("a")), Admitted)


async def test_a_full_redis_still_answers(gate, redis, most_memory):
    """The guard looks once a second; what comes in between and does not fit is busy, too."""
    await gate.submit(post("a"))
    await most_memory(1)

    assert (await refusal_of(gate, post("b")))[0] is ErrorCode.BUSY
    await most_memory(0)
    assert [entry.body.text for entry in await log_entries()] == ["a"]


# --- Redis away ----------------------------------------------------------------------------------


async def test_an_admission_whose_answer_was_lost_is_repeated_once_and_stored_once(
    gate, monkeypatch
):
    ran = []
    run = gates._run_script

    async def lose_the_first(posts, reserved):
        answers = await run(posts, reserved)
        ran.append(len(posts))
        if len(ran) == 1:
            raise redisdb.RedisError("the answer was lost")
        return answers

    monkeypatch.setattr(gates, "_run_script", lose_the_first)

    answer = await gate.submit(post("hello"))

    assert ran == [1, 1]
    assert answer.seen
    assert [entry.id for entry in await log_entries()] == [answer.id]


async def test_redis_down_is_busy_after_one_more_try(redis, away, monkeypatch):
    tries = []
    admit = Admission._admit

    async def counted(self, posts):
        tries.append(len(posts))
        return await admit(self, posts)

    monkeypatch.setattr(Admission, "_admit", counted)
    await redisdb.close()

    posts = [post(str(n)) for n in range(5)]
    gate = Admission()
    answers = await asyncio.gather(*map(gate.submit, posts), return_exceptions=True)

    assert [(error.code, error.retry_after_ms) for error in answers] == [
        (ErrorCode.BUSY, 1_000)
    ] * 5
    assert tries == [5, 5]


async def test_a_redis_that_hangs_is_not_waited_for_twice(gate, monkeypatch):
    tries = []

    async def hang(self, posts):
        tries.append(len(posts))
        raise redisdb.TimedOut("Timeout reading from socket")

    monkeypatch.setattr(Admission, "_admit", hang)

    with pytest.raises(DomainError) as refused:
        await gate.submit(post("hello"))

    assert refused.value.code is ErrorCode.BUSY
    assert tries == [1]


@pytest.mark.timeout(60)
async def test_posts_through_a_killed_redis_are_stored_once_each(gate, settings, valkey_server):
    """Clients repeat with the same nonce until it is answered, while Redis dies and comes back."""
    settings.NO_LIMITS = True
    acknowledged = {}

    async def die_and_return():
        # Not in a thread: the server ends with the thread that started it.
        await asyncio.sleep(0.15)
        valkey_server.kill()
        await asyncio.sleep(0.3)
        valkey_server.start()

    async def client(number):
        for text in range(25):
            one = post(f"{number}: {text}", author=person(100 + number))
            while one.nonce not in acknowledged:
                try:
                    acknowledged[one.nonce] = (await gate.submit(one)).id
                except DomainError as refused:
                    assert refused.code is ErrorCode.BUSY  # noqa: PT017 -- any other is a fault
                    await asyncio.sleep(0.05)
            await asyncio.sleep(0.01)

    await asyncio.gather(die_and_return(), *(client(number) for number in range(8)))

    stored = await log_entries()
    assert sorted(entry.id for entry in stored) == sorted(acknowledged.values())
    assert len({entry.body.text for entry in stored}) == len(stored) == 8 * 25


# --- a fan-out that is behind --------------------------------------------------------------------


def busy_share(gate, count=400):
    """What part of some posts is told to wait before anything is done for them."""
    refused = []
    for _ in range(count):
        try:
            gate.check_load(ROOM.partition)
        except DomainError as error:
            refused.append(error)
    assert {error.code for error in refused} <= {ErrorCode.BUSY}
    assert all(500 <= error.retry_after_ms <= 1_500 for error in refused)
    return len(refused) / count


@pytest.mark.parametrize(
    ("behind_ms", "least", "most"),
    [
        (None, 0.0, 0.0),
        (gates.BEHIND_SOME_MS, 0.0, 0.0),
        ((gates.BEHIND_SOME_MS + gates.BEHIND_MOST_MS) // 2, 0.35, 0.65),
        (5_000, 0.9, 0.999),
    ],
)
async def test_d6_the_further_behind_the_fan_out_is_the_less_is_taken(
    gate, redis, behind_ms, least, most
):
    if behind_ms is not None:
        await redis.set(redisdb.behind(0), behind_ms)
    await gate.submit(post("hello"))  # with its answer comes how far behind it is

    assert least <= busy_share(gate) <= most


async def test_what_was_told_of_the_fan_out_is_soon_forgotten(gate, redis, monkeypatch):
    await redis.set(redisdb.behind(0), 5_000)
    await gate.submit(post("hello"))
    monkeypatch.setattr(gates, "BEHIND_GOOD_FOR_SECONDS", 0.0)

    assert busy_share(gate) == 0.0
