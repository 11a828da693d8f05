"""What the demo's people say: a small grammar of made-up words. Sync, pure.

Everything here was written for the demo. A phrase is chosen by what it is for and by the speaker's
language; slots in braces are filled from the word lists.
"""

import random
from collections.abc import Mapping, Sequence
from enum import Enum
from string import Formatter


class Purpose(Enum):
    """What somebody wants to say."""

    HELLO = "hello"
    REMARK = "remark"
    QUESTION = "question"
    ANSWER = "answer"
    REPLY = "reply"
    WELCOME = "welcome"
    CHEER = "cheer"
    LAUGH = "laugh"
    BYE = "bye"


Lexicon = Mapping[str, Sequence[str]]

EMOJI = (
    "⛵",
    "🌊",
    "🌅",
    "✨",
    "👏",
    "🎉",
    "🐟",
    "🦀",
    "💡",
    "🫶",
    "🤩",
    "⚓",
    "🪢",
    "🌙",
    "🐦",
    "🧡",
)

ENGLISH: Lexicon = {
    "hello": (
        "hi all {emoji}",
        "evening everyone",
        "just got here, what did I miss?",
        "back again, hello hello",
        "Hello from {place}!",
        "first time here, this is lovely",
    ),
    "remark": (
        "I could watch {thing} all night",
        "{thing} looks so small from up there",
        "that light on {thing} {emoji}",
        "the sound is really good today",
        "it smells of tar and chips in here, I swear",
        "my cat is watching {thing} too",
        "{emoji}",
        "wait, is {thing} moving?",
        "this is the calmest part of my week",
        "pretty sure {thing} just waved at us",
        "volume up for this bit",
        "I had to look away for a second and now {thing} is gone",
        "somebody should paint {thing}",
        "making tea, shout if {thing} does anything",
        "I learned more about knots tonight than in ten years of scouts",
        "you can hear the halyards if you turn it up",
        "the tide is turning, watch {thing}",
        "told my boss I am in a meeting, technically true",
        "this deserves a bigger screen",
        "the colours go from orange to ink in ten minutes, every time",
        "everything is better with {thing} in it",
        "the wind picked up a little",
        "my grandmother had a picture of exactly this",
        "two more boats and I go to bed. maybe three",
        "somewhere in there is a very happy crab 🦀",
    ),
    "question": (
        "what is {thing} called?",
        "how old is {thing}?",
        "does anyone know where {thing} goes at night?",
        "is this live or am I dreaming?",
        "can we see {thing} again?",
        "who looks after {thing}?",
        "what time does the last one come in?",
        "is that a bowline or something else?",
    ),
    "answer": (
        "about forty years, I think",
        "in summer yes, in winter never",
        "nobody knows, that is the charm",
        "they said so at the beginning",
        "north side, behind {thing}",
        "half past, if the tide agrees",
        "live! look at the clock",
        "definitely a bowline",
    ),
    "reply": (
        "exactly this",
        "haha same",
        "I was about to say that",
        "good eye!",
        "no way",
        "tell us more",
        "can confirm",
        "you are not wrong",
        "{emoji} {emoji}",
    ),
    "welcome": (
        "welcome {emoji}",
        "hello and welcome!",
        "good to see you here",
        "welcome aboard {emoji}",
        "hey {emoji} pull up a chair",
    ),
    "cheer": (
        "YES",
        "there it is!!",
        "woooo {emoji}{emoji}",
        "{emoji}{emoji}{emoji}",
        "what a moment",
        "I have goosebumps",
        "clap clap clap",
        "LOOK AT IT GO",
        "applause from {place}!",
    ),
    "laugh": ("hahaha", "😂", "I can't", "that gull again 😂", "lol", "what was THAT", "😂😂"),
    "bye": (
        "off to bed, night all",
        "have to go, save me a seat",
        "bye {emoji}",
        "same time next?",
    ),
    "thing": (
        "the little red boat",
        "the ferry",
        "that buoy",
        "the harbour light",
        "the crane",
        "the old pilot boat",
        "that gull",
        "the rope on the left",
        "the man with the lantern",
    ),
    "place": ("a kitchen in Leeds", "Galway", "the night bus", "rainy Oslo", "Halifax", "my sofa"),
}
GERMAN: Lexicon = {
    "hello": ("Moin zusammen {emoji}", "Hallo aus {place}!", "guten Abend in die Runde"),
    "remark": (
        "{thing} ist ja winzig von hier",
        "dieses Licht heute Abend …",
        "ich hab die Lautsprecher extra lauter gemacht",
        "so ruhig, herrlich",
        "war das gerade {thing}?",
        "da muss ich im Sommer hin",
        "mein Hund bellt {thing} an {emoji}",
        "man riecht es fast",
        "{thing} könnte ich stundenlang anschauen",
    ),
    "question": ("wie alt ist {thing}?", "wo fährt {thing} hin?", "wann kommt das letzte Boot?"),
    "answer": ("seit ungefähr vierzig Jahren", "nur bei Flut", "links hinter der Mole"),
    "reply": ("genau", "seh ich auch so", "haha, stimmt", "gut aufgepasst"),
    "welcome": ("willkommen!", "Moin und willkommen {emoji}", "schön, dass du da bist"),
    "cheer": ("JAAA", "da ist es!", "großartig {emoji}", "Gänsehaut", "Applaus aus {place}!"),
    "laugh": ("hahaha", "😂", "ich kann nicht mehr", "die Möwe schon wieder"),
    "bye": ("gute Nacht euch allen", "muss los, bis morgen {emoji}"),
    "thing": ("die Fähre", "das kleine rote Boot", "der Kran", "die Möwe", "das Feuer am Ende"),
    "place": ("Kiel", "einer Wohnküche in Köln", "Graz", "der S-Bahn"),
}
SPANISH: Lexicon = {
    "hello": ("¡hola a todos! {emoji}", "buenas desde {place}", "acabo de llegar, ¿qué tal?"),
    "remark": (
        "qué bien se ve {thing}",
        "podría mirar {thing} toda la noche",
        "qué paz {emoji}",
        "subo el volumen para esto",
        "parece un cuadro",
        "mi gata no le quita ojo a {thing}",
        "se me enfría la cena y no me importa",
    ),
    "question": ("¿cómo se llama {thing}?", "¿a qué hora llega el último?", "¿eso es {thing}?"),
    "answer": ("creo que desde hace cuarenta años", "solo con marea alta", "¡sí, en directo!"),
    "reply": ("tal cual", "jaja igual", "totalmente", "buen ojo"),
    "welcome": ("¡hola, te esperábamos!", "¡qué bien verte por aquí! {emoji}"),
    "cheer": ("¡¡VAMOS!!", "¡ahí está!", "qué momento {emoji}", "¡bravo desde {place}!"),
    "laugh": ("jajaja", "😂😂", "no puedo más", "otra vez la gaviota"),
    "bye": ("buenas noches a todos", "me voy, ¡hasta mañana! {emoji}"),
    "thing": ("el barquito rojo", "el faro", "la grúa", "la gaviota"),
    "place": ("Cádiz", "Montevideo", "el metro", "mi cocina"),
}
FRENCH: Lexicon = {
    "hello": ("bonsoir tout le monde {emoji}", "coucou depuis {place}"),
    "remark": (
        "c'est si calme",
        "{thing} est magnifique ce soir",
        "j'entends {thing} d'ici",
        "on se croirait en vacances {emoji}",
        "je baisse la lumière et je regarde",
        "{thing}, quelle allure",
        "j'ai fait du thé pour l'occasion",
    ),
    "question": ("il date de quand, {thing} ?", "à quelle heure arrive le dernier ?"),
    "answer": (
        "une quarantaine d'années",
        "à marée haute seulement",
        "à gauche, derrière la jetée",
    ),
    "reply": ("pareil", "bien vu", "ah oui", "mdr oui"),
    "welcome": ("bienvenue !", "bonsoir à toi {emoji}"),
    "cheer": ("OUIII", "le voilà !", "bravo {emoji}", "quel moment"),
    "laugh": ("mdr", "😂", "encore cette mouette"),
    "bye": ("bonne nuit à tous", "à demain {emoji}"),
    "thing": ("le petit bateau rouge", "le phare", "ce cordage"),
    "place": ("Brest", "Namur", "mon balcon"),
}
PORTUGUESE: Lexicon = {
    "hello": ("boa noite, gente {emoji}", "oi! aqui de {place}"),
    "remark": (
        "{thing} parece uma pintura",
        "ficaria olhando {thing} a noite toda",
        "que calma",
        "o som hoje está ótimo",
        "apaguei a luz só pra ver melhor",
        "acho que {thing} se mexeu {emoji}",
    ),
    "question": ("como se chama {thing}?", "que horas chega o último?"),
    "answer": ("uns quarenta anos", "só com a maré cheia"),
    "reply": ("isso mesmo", "kkk também", "concordo"),
    "welcome": ("oi, chega mais {emoji}", "que bom te ver aqui!"),
    "cheer": ("AÊÊÊ", "olha lá!!", "que momento {emoji}"),
    "laugh": ("kkkkk", "😂", "a gaivota de novo"),
    "bye": ("boa noite, até amanhã {emoji}",),
    "thing": ("o barquinho vermelho", "o farol", "a gaivota"),
    "place": ("Setúbal", "Recife", "minha cozinha"),
}
JAPANESE: Lexicon = {
    "hello": ("こんばんは{emoji}", "はじめまして!", "{place}から見てます"),
    "remark": (
        "{thing}きれい",
        "落ち着くなあ",
        "{thing}ちいさい",
        "音がいい",
        "ずっと見ていられる",
        "お茶いれてきた",
        "波の音だけで眠れそう",
        "いま{thing}動いた?",
    ),
    "question": ("{thing}の名前は?", "最後の船は何時ですか?", "これ生放送?"),
    "answer": ("四十年くらいかな", "満潮のときだけ", "生放送ですよ"),
    "reply": ("わかる", "それな", "たしかに"),
    "welcome": ("ようこそ{emoji}", "いらっしゃい!"),
    "cheer": ("きたー!", "すごい{emoji}", "8888", "おおー"),
    "laugh": ("www", "笑", "またカモメ 😂"),
    "bye": ("おやすみなさい", "また明日{emoji}"),
    "thing": ("赤い船", "灯台", "クレーン", "カモメ"),
    "place": ("函館", "台所", "夜行バス"),
}
TURKISH: Lexicon = {
    "hello": ("iyi akşamlar herkese {emoji}", "{place} selamlar"),
    "remark": (
        "{thing} ne güzel görünüyor",
        "çok huzurlu",
        "ışık harika {emoji}",
        "sesi biraz açtım, değdi",
        "{thing} kıpırdadı mı?",
        "çayımı aldım geldim",
        "kedim de izliyor",
    ),
    "question": ("{thing} kaç yaşında?", "son vapur kaçta?"),
    "answer": ("kırk yıl kadar", "yalnız gelgitte"),
    "reply": ("aynen", "doğru", "ben de"),
    "welcome": ("hoş geldin!", "hoş geldin {emoji}"),
    "cheer": ("İŞTE BU", "bravo {emoji}{emoji}", "muhteşem"),
    "laugh": ("hahaha", "😂", "yine o martı"),
    "bye": ("iyi geceler", "yarın görüşürüz {emoji}"),
    "thing": ("küçük kırmızı tekne", "deniz feneri", "martı"),
    "place": ("İzmir'den", "Üsküdar'dan"),
}
ARABIC: Lexicon = {
    "hello": ("مساء الخير {emoji}", "تحية من {place}"),
    "remark": (
        "{thing} جميل جدا",
        "هدوء رائع",
        "الصوت واضح اليوم",
        "أطفأت النور لأرى أفضل",
        "قهوتي جاهزة {emoji}",
        "هل تحرك {thing}؟",
    ),
    "question": ("ما اسم {thing}؟", "متى يصل القارب الأخير؟"),
    "answer": ("منذ أربعين سنة تقريبا", "مع المد فقط"),
    "reply": ("صحيح", "وأنا أيضا", "تماما"),
    "welcome": ("أهلا وسهلا", "أهلا بك {emoji}"),
    "cheer": ("رائع {emoji}", "ها هو!", "يا سلام"),
    "laugh": ("هههههه", "😂"),
    "bye": ("تصبحون على خير", "إلى الغد {emoji}"),
    "thing": ("القارب الأحمر", "المنارة", "النورس"),
    "place": ("طنجة", "صور"),
}

# English is what most of the room speaks; the others keep the page honest about scripts.
LANGUAGES: tuple[tuple[Lexicon, int], ...] = (
    (ENGLISH, 14),
    (GERMAN, 3),
    (SPANISH, 3),
    (FRENCH, 2),
    (PORTUGUESE, 1),
    (JAPANESE, 1),
    (TURKISH, 1),
    (ARABIC, 1),
)

FIRST = (
    "salt", "harbour", "tidal", "lantern", "pebble", "night", "quiet", "copper", "driftwood",
    "amber", "marsh", "north", "velvet", "little", "tin", "paper", "moss", "foggy",
)  # fmt: skip
SECOND = (
    "otter", "pilot", "heron", "kettle", "comet", "anchor", "moth", "ferry", "walrus", "finch",
    "biscuit", "sparrow", "cartographer", "dumpling", "signal", "mariner", "tuba", "juniper",
)  # fmt: skip
GIVEN = (
    "Anouk", "Bram", "Catarina", "Dilek", "Emre", "Fenja", "Goro", "Hanne", "Ilse", "João",
    "Keiko", "Lior", "Maren", "Nadia", "Óscar", "Paola", "Quentin", "Rania", "Sune", "Tomás",
    "Ulla", "Vesna", "Wout", "Yasmin", "Zora", "春香", "مريم", "İpek",
)  # fmt: skip


def names(count: int) -> list[str]:
    """Return so many different display names, always the same ones."""
    chosen = random.Random("the people of the demo")
    found: dict[str, None] = {}
    while len(found) < count:
        found[_name(chosen)] = None
    return list(found)


def language(chosen: random.Random) -> Lexicon:
    """Return the language of somebody."""
    lexicons = [lexicon for lexicon, _ in LANGUAGES]
    return chosen.choices(lexicons, [weight for _, weight in LANGUAGES])[0]


def phrase(chosen: random.Random, lexicon: Lexicon, purpose: Purpose) -> str:
    """Return something to say."""
    template = chosen.choice(lexicon[purpose.value])
    return "".join(
        before + (_word(chosen, lexicon, slot) if slot else "")
        for before, slot, _, _ in Formatter().parse(template)
    )


def _word(chosen: random.Random, lexicon: Lexicon, slot: str) -> str:
    return chosen.choice(EMOJI if slot == "emoji" else lexicon[slot])


def _name(chosen: random.Random) -> str:
    form = chosen.randrange(5)
    if form == 0:
        return f"{chosen.choice(FIRST)}_{chosen.choice(SECOND)}"
    if form == 1:
        return f"{chosen.choice(FIRST).title()} {chosen.choice(SECOND).title()}"
    if form == 2:
        return f"{chosen.choice(GIVEN)} {chr(chosen.randrange(65, 91))}."
    if form == 3:
        return f"{chosen.choice(SECOND)}{chosen.randrange(2, 99)}"
    return chosen.choice(GIVEN)
