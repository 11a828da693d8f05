"""Refuses inline imports whose exemption gives no reason. Sync.

ruff's PLC0415 finds imports inside functions; an exemption must say why it is one:
`# noqa: PLC0415 -- reason`.
"""

import re
import sys
from pathlib import Path

EXEMPTION = re.compile(r"#\s*noqa:[^#]*\bPLC0415\b(?P<rest>[^#]*)")
REASON = re.compile(r"--\s*\S+")


def unreasoned(path: Path) -> list[int]:
    """The numbers of the lines that exempt an inline import without a reason."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        number
        for number, line in enumerate(lines, start=1)
        if (found := EXEMPTION.search(line)) and not REASON.search(found["rest"])
    ]


def main(folders: list[str]) -> int:
    """Prints each offending line; returns 1 when there is one."""
    offences = 0
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.py")):
            for number in unreasoned(path):
                print(f"{path}:{number}: write `# noqa: PLC0415 -- reason`")
                offences += 1
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
