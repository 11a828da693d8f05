"""Every part of livecomments/ stands in one layer of the import contract: none escapes it."""

import tomllib
from pathlib import Path

from livecomments.local.state import PROJECT

# Read by name, never imported: it stands in no layer.
OUTSIDE = {"settings"}


def test_every_module_stands_in_one_layer():
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    layers = configuration["tool"]["importlinter"]["contracts"][0]["layers"]
    named = [part.strip() for layer in layers for part in layer.replace("|", ":").split(":")]
    assert len(named) == len(set(named))
    ours = {
        part.removeprefix("livecomments.") for part in named if part.startswith("livecomments.")
    }
    assert ours == modules_of(PROJECT / "livecomments") - OUTSIDE


def modules_of(package: Path) -> set[str]:
    files = {path.stem for path in package.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    return files | folders
