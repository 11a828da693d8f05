"""How much script comes before the first picture. Async around sync.

Twice: what the manifest says that the page needs, and what a page really asked for until it had
joined its room, so that a chunk which is "loaded on demand" at once is counted as well.
"""

import json
from pathlib import Path

from tests.load.report import Bar, PartResult

from ..rig import PROJECT, Bench

STATIC = PROJECT / "static"
DIST = STATIC / "dist"
ENTRY = "src/main.tsx"
KB = 1_000
SCRIPT = Bar(100)  # kB, compressed
SETTLED_SECONDS = 2.0
FETCHED = """() => performance.getEntriesByType("resource")
    .map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith(".js"))"""


async def run(bench: Bench) -> PartResult:
    """Return the sizes."""
    result = PartResult("weight")
    scripts, styles = needed(json.loads((DIST / ".vite" / "manifest.json").read_text()), ENTRY)
    _add(result, "script", [f"dist/{file}" for file in scripts], SCRIPT)
    _add(result, "styles", [f"dist/{file}" for file in styles], None)
    viewer = await bench.open("/s/visitor/")
    await bench.rig.watch(bench.progress, SETTLED_SECONDS, "a first visit")
    paths = sorted(set(await viewer.page.evaluate(FETCHED)))
    fetched = [path.removeprefix("/static/") for path in paths]
    _add(result, "script that a first visit fetched", fetched, SCRIPT)
    result.notes += [_told(fetched)]
    result.faults += viewer.heard
    await viewer.close()
    return result


def needed(manifest: dict[str, dict], entry: str) -> tuple[list[str], list[str]]:
    """Return the scripts and the styles that an entry cannot begin without."""
    scripts: dict[str, None] = {}
    styles: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        chunk = manifest[waiting.pop()]
        if chunk["file"] in scripts:
            continue
        scripts[chunk["file"]] = None
        styles |= dict.fromkeys(chunk.get("css", ()))
        waiting += chunk.get("imports", ())
    return list(scripts), list(styles)


def _add(result: PartResult, name: str, files: list[str], bar: Bar | None) -> None:
    # Brotli is what is sent: by the web processes and by nginx alike, to all but old programs.
    result.add(f"{name}, brotli", sum(_kilobytes(file, ".br") for file in files), "kB", bar=bar)
    result.add(f"{name}, gzip", sum(_kilobytes(file, ".gz") for file in files), "kB")


def _kilobytes(file: str, ending: str) -> float:
    """Return the size of what is served: as the build has compressed it, else as it is."""
    copy = STATIC / f"{file}{ending}"
    return (copy if copy.exists() else STATIC / file).stat().st_size / KB


def _told(files: list[str]) -> str:
    sizes = ", ".join(f"{Path(file).name} {_kilobytes(file, '.br'):.1f}" for file in files)
    return f"scripts of a first visit, kB in brotli: {sizes}"
