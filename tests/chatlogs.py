"""Make chat logs that look like real ones: crowds, floods, many scripts. Sync, seeded, no real one.

write_log(path, make_log(seed=1, seconds=60))
"""

import gzip
import random
from pathlib import Path

import msgspec

WORDS = [
    *["gg", "wp", "hello", "what", "lol", "nice", "again", "boat", "why", "who", "song", "no"],
    *["right", "now", "yes", "wait", "really", "ok", "später", "genau", "schön", "días", "qué"],
    *["mañana", "vamos", "où", "déjà", "привет", "круто", "ещё", "今日", "すごい", "哈哈", "好"],
    *[
        "真的",
        "ㅋㅋ",
        "진짜",
        "שלום",
        "أهلا",
        "कैसे",
        "สวัสดี",
        "😂",
        "👏🏽",
        "👨\u200d👩\u200d👧",
        "🇧🇷",
        "n\u0308",
    ],
]
CHEERS = ("POG", "wooo", "777", "哈哈哈", "1", "🎉🎉🎉", "JA", "gg")


def make_log(*, seed, seconds=60.0, people=40, per_second=2.0):
    """Return lines in the order of time: talk, crowds that say the same, users who flood."""
    chosen = random.Random(seed)
    users = [f"u{number}" for number in range(people)]
    lines = [
        _line(chosen.uniform(0, seconds), chosen.choice(users), _sentence(chosen))
        for _ in range(round(seconds * per_second))
    ]
    for _ in range(max(1, round(seconds / 20))):
        lines += _crowd(chosen, users, chosen.uniform(0, seconds * 0.9))
        lines += _flood(chosen, chosen.choice(users), chosen.uniform(0, seconds * 0.9))
    return sorted(lines, key=lambda line: line["t"])


def _line(at, user, text):
    return {"t": round(at, 3), "user": user, "text": text}


def _sentence(chosen):
    return " ".join(chosen.choices(WORDS, k=1 + int(chosen.expovariate(0.25))))


def _crowd(chosen, users, at):
    cheer = chosen.choice(CHEERS)
    some = chosen.sample(users, min(len(users), 15))
    return [_line(at + chosen.uniform(0, 3), user, cheer) for user in some]


def _flood(chosen, user, at):
    text = _sentence(chosen)
    return [_line(at + number * 0.4, user, text) for number in range(8)]


def write_log(path: Path, lines) -> Path:
    """Write lines as JSON Lines, gzipped where the name says so."""
    content = b"\n".join(msgspec.json.encode(line) for line in lines) + b"\n"
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_downloaded(path: Path, lines, *, array: bool) -> Path:
    """Write lines as chat-downloader does: times in microseconds, authors with id and name."""
    records = [
        {
            "timestamp": 1_700_000_000_000_000 + round(line["t"] * 1_000_000),
            "message": line["text"],
            "message_id": f"m{number}",
            "author": {"id": line["user"], "name": line["user"].upper()},
        }
        for number, line in enumerate(lines)
    ]
    if array:
        path.write_bytes(msgspec.json.encode(records))
    else:
        path.write_bytes(b"\n".join(msgspec.json.encode(record) for record in records))
    return path
