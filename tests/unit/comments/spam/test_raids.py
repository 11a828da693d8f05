"""Raids of many kinds are held early; chants and harmless talk of many languages are not."""

from random import Random

import pytest

from comments.spam.layers import Layers, Said, SpamSettings
from comments.spam.lists import Entry, WordAction, WordList
from comments.spam.rehearsal import edited
from comments.spam.training import train
from comments.spam.verdict import Action
from livecomments.accounts.models import Standing

from .made_up import samples

RAIDS = {
    "English": "the gnomes next door are giving away all their hats, come along",
    "Cyrillic": "соседские гномы раздают свои шапки, приходите все к ним",
    "Greek": "οι νάνοι δίπλα χαρίζουν τα καπέλα τους, ελάτε όλοι μαζί",
    "Chinese": "隔壁花园的小矮人正在免费送帽子大家快点过去看看",
    "Japanese": "となりの庭のこびとが帽子をくばっているのでみんな来てください",
    "Korean": "옆집 정원의 난쟁이들이 모자를 나눠 주니까 모두 오세요",
    "Arabic": "أقزام الحديقة المجاورة يوزعون قبعاتهم فتعالوا جميعا الآن",
    "Hebrew": "הגמדים מהגינה השכנה מחלקים כובעים בואו כולם עכשיו",
    "Hindi": "पड़ोस के बगीचे के बौने अपनी टोपियाँ बाँट रहे हैं सब लोग आओ",
    "Thai": "คนแคระในสวนข้างบ้านกำลังแจกหมวกฟรีทุกคนรีบไปดูกันเถอะ",
    "Turkish": "yan bahçedeki cüceler şapkalarını dağıtıyor hepiniz hemen gelin",
}
PADDING = ("🎩", "🔥🔥", "😂😂😂", "🌷🌷", "✨", "💯", "👀", "🎉🎉")
TALK = ("what a goal", "no way", "did he just", "I like the song", "who is playing", "so good")


def held(layers, texts, *, start, step, author="raider"):
    """Whether each text, each by a newcomer of its own, is held."""
    return [
        layers.judge(Said(f"{author} {number}", text), start + number * step).action >= Action.HOLD
        for number, text in enumerate(texts)
    ]


def held_from(found):
    """The number, from 1, of the message from which on all were held."""
    return max((number for number, one in enumerate(found, 1) if not one), default=0) + 1


@pytest.mark.parametrize("text", RAIDS.values(), ids=RAIDS)
def test_raid_in_any_script_is_held_from_the_eighth_message_on(text):
    chance = Random(4)
    found = held(
        Layers(SpamSettings()), [edited(text, chance) for _ in range(50)], start=0, step=0.08
    )
    assert held_from(found) <= 8


@pytest.mark.parametrize("text", RAIDS.values(), ids=RAIDS)
def test_raid_padded_with_pictures_is_held(text):
    chance = Random(9)
    padded = [
        f"{''.join(chance.choices(PADDING, k=2))} {text} {''.join(chance.choices(PADDING, k=4))}"
        for _ in range(50)
    ]
    assert held_from(held(Layers(SpamSettings()), padded, start=0, step=0.08)) <= 8


@pytest.mark.parametrize("text", RAIDS.values(), ids=RAIDS)
def test_slow_raid_is_held(text):
    chance = Random(2)
    texts = [edited(text, chance) for _ in range(50)]
    assert held_from(held(Layers(SpamSettings()), texts, start=0, step=1.0)) <= 8


def test_raid_in_digits_and_signs_is_held():
    disguised = "7h3 9n0m3$ n3x7 d00r @r3 91v1n9 @w4y @|| 7h31r h@7$, c0m3 @|0n9"
    texts = [disguised, RAIDS["English"]] * 10
    assert held_from(held(Layers(SpamSettings()), texts, start=0, step=0.1)) == 5


@pytest.mark.parametrize(
    "text", ["快来隔壁花园领免费帽子", "隣の庭で帽子を配ってるよ", "모두 옆집 정원으로 지금 오세요"]
)
def test_raid_of_a_short_sentence_in_ideographs_or_syllables_is_held(text):
    assert held_from(held(Layers(SpamSettings()), [text] * 20, start=0, step=0.1)) == 5


@pytest.mark.parametrize("pause", [0.5, 30.0, 400.0])
def test_raid_that_says_hello_first_is_held(pause):
    layers, chance = Layers(SpamSettings()), Random(3)
    held(layers, ["hi"] * 50, start=0, step=0.1)
    held(layers, ["nice room you have"] * 2, start=6, step=0.1)
    texts = [edited(RAIDS["English"], chance) for _ in range(50)]
    assert held_from(held(layers, texts, start=6 + pause, step=0.08)) <= 8


def test_raid_among_people_who_are_at_home_is_held():
    layers, chance = Layers(SpamSettings()), Random(6)
    for turn, text in enumerate(TALK):
        held(layers, [f"{text} {n}" for n in range(30)], start=turn * 90, step=1, author="person")
    texts = [edited(RAIDS["English"], chance) for _ in range(50)]
    found = []
    for number, text in enumerate(texts):
        now = 600 + number * 0.1
        layers.judge(Said(f"person {number % 30}", f"{chance.choice(TALK)} {number}"), now)
        found += held(layers, [text], start=now, step=0, author=f"raider {number}")
    assert held_from(found) <= 8


@pytest.mark.parametrize("standing", [Standing.KNOWN, Standing.NEW])
def test_raid_in_a_room_of_two_hundred_comments_a_second_is_held(standing):
    layers, chance = Layers(SpamSettings()), Random(8)
    words = [f"w{number}ord" for number in range(500)]
    found, raiders = [], 0
    for number in range(1_000):  # five seconds, a raider with each twentieth comment
        now = 100 + number / 200
        talk = " ".join(chance.choices(words, k=6))
        layers.judge(Said(f"person {number}", talk, standing), now)
        if number % 20 == 0:
            raiders += 1
            text = edited(RAIDS["English"], chance)
            found += held(layers, [text], start=now, step=0, author=f"raider {raiders}")
    # Where everybody is new, more is said than is looked at, and some are passed over.
    most_through = 8 if standing else 12
    assert sum(not one for one in found) <= most_through


# --- raid mode -----------------------------------------------------------------------------------


def wave_among_others(text, *, others, count=30):
    """The layers of a room, and the moment, in which newcomers said a text at one a second, each
    followed by so many different comments of other newcomers."""
    layers, number = Layers(SpamSettings()), 0
    for second in range(count):
        layers.judge(Said(f"guest {second}", text), float(second))
        for _ in range(others):
            number += 1
            layers.judge(Said(f"other {number}", f"{TALK[number % 6]} {number}"), second + 0.3)
    return layers, float(count)


@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.parametrize(
    "text",
    [
        "Good morning everyone!",
        "Guten Morgen zusammen",
        "when does the stream start?",
        "what is the name of this song?",
        "السلام عليكم ورحمة الله وبركاته",
        "Всем привет, хорошего стрима",
    ],
)
def test_newcomers_who_greet_in_one_way_are_no_raid(text, others):
    layers, now = wave_among_others(text, others=others)
    assert not layers.raid.is_on(now)
    late = Said("late", "hello, is there a schedule for today?")
    assert layers.judge(late, now).action == Action.ALLOW


@pytest.mark.parametrize(
    ("text", "others", "is_raid"),
    [
        (RAIDS["English"], 0, True),
        (RAIDS["Chinese"], 0, True),
        (RAIDS["English"], 1, False),  # held all the same, but not what the room is about
        ("free gnomes at gnomes.example.com", 1, True),
    ],
)
def test_raid_mode_begins_with_long_copies_that_are_most_of_what_is_said_or_with_links(
    text, others, is_raid
):
    layers, now = wave_among_others(text, others=others)
    assert layers.raid.is_on(now) is is_raid


def test_copies_with_a_listed_word_are_a_raid_however_short():
    settings = SpamSettings(words=WordList([Entry("gnomes", WordAction.HOLD)]))
    layers = Layers(settings)
    held(layers, ["buy cheap gnomes"] * 30, start=0, step=1)
    assert layers.raid.is_on(30.0)


def test_what_raid_mode_holds_does_not_lengthen_it():
    layers = Layers(SpamSettings())
    layers.raid.switch(True, 0.0, 60.0)
    assert all(held(layers, [f"{TALK[n % 6]} {n}" for n in range(50)], start=1, step=0.1))
    assert not layers.raid.is_on(61.0)


# --- what staff say ------------------------------------------------------------------------------


def said_by_staff(layers, text, now):
    layers.judge(Said("host", text, Standing.NEW, staff=True), now)


@pytest.mark.parametrize("pause", [1.0, 300.0])
def test_people_may_repeat_what_staff_said(pause):
    layers, chance = Layers(SpamSettings()), Random(5)
    said_by_staff(layers, RAIDS["English"], 0.0)
    texts = [edited(RAIDS["English"], chance) for _ in range(50)]
    assert sum(held(layers, texts, start=pause, step=0.1)) == 0


def test_what_staff_said_long_ago_is_not_repeated():
    layers = Layers(SpamSettings())
    said_by_staff(layers, RAIDS["English"], 0.0)
    assert held_from(held(layers, [RAIDS["English"]] * 20, start=601, step=0.1)) == 5


def test_staff_who_join_a_wave_let_it_go():
    layers = Layers(SpamSettings())
    assert held(layers, [RAIDS["English"]] * 6, start=0, step=0.1)[-1]
    said_by_staff(layers, RAIDS["English"], 1.0)
    assert not any(held(layers, [RAIDS["English"]] * 6, start=2, step=0.1, author="guest"))


def test_staff_who_quote_from_a_raid_do_not_let_it_go():
    layers = Layers(SpamSettings())
    assert held(layers, [RAIDS["English"]] * 6, start=0, step=0.1)[-1]
    said_by_staff(layers, f"stop this: {RAIDS['English']}", 1.0)
    assert all(held(layers, [RAIDS["English"]] * 6, start=2, step=0.1, author="guest"))


# --- the crowd -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "welcome home captain welcome home captain welcome home captain",
        "gnomeHat HAPPY BIRTHDAY GARDENER!!! " * 4,
        "🎩 HAPPY BIRTHDAY GARDENER " * 3,
        "bring the hats back " * 5,
        "never rained PartyHat",
        "祝小矮人生日快乐",
        "小矮人加油" * 8,
        "생일 축하해요 난쟁이",
        "secret tunnel :red_rose: gnomeDance",
        "GnomeHD gardenWave CakeTime",
    ],
)
def test_chants_and_names_of_emotes_are_the_crowd(text):
    assert held(Layers(SpamSettings()), [text] * 40, start=0, step=0.1) == [False] * 40


@pytest.mark.parametrize(
    "text",
    [
        "buy cheap garden gnomes",
        "buy cheap garden gnomes buy cheap garden gnomes",
        "come and buy cheap garden gnomes come and buy cheap garden gnomes",
        "come and buy cheap garden gnomes " * 4,
        "bUy cHeAp gArDeN gNoMeS nOw",
        "BuyCheap GardenGnomes ComeNow ForHats AllFree",
        "buy cheap garden gnomes partyHat partyHat",
    ],
)
def test_what_only_looks_like_a_chant_or_an_emote_is_held(text):
    assert held_from(held(Layers(SpamSettings()), [text] * 20, start=0, step=0.1)) == 5


@pytest.mark.parametrize(
    "text",
    [
        "Das war heute wirklich ein schöner Abend mit euch allen",
        "Je ne comprends pas pourquoi il a choisi cette route",
        "¿Alguien sabe a qué hora empieza la segunda parte?",
        "Ma che bella canzone, chi la canta?",
        "Bu bölüm geçen haftakinden çok daha iyiydi",
        "Ten gol był naprawdę niesamowity, brawo",
        "Ик, как же красиво там сегодня вечером",
        "Не могу поверить, что он это сделал",
        "这首歌真好听，请问叫什么名字",
        "今日の配信はとても楽しかったです",
        "오늘 방송 정말 재미있었어요 고마워요",
        "هذا المساء جميل جدا مع الجميع",
        "यह गाना बहुत अच्छा है कौन गा रहा है",
        "วันนี้สนุกมากเลย ขอบคุณทุกคนนะ",
        "Đội này chơi hay quá, cố lên nào",
    ],
)
def test_model_of_one_language_is_silent_in_others(text, english):
    layers = Layers(SpamSettings(), english)
    assert layers.judge(Said("somebody", text), 0.0).action == Action.ALLOW


@pytest.fixture(scope="module")
def english():
    return train(samples(), version="english")
