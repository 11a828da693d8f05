"""The peers that run on Node: their packages are installed here when they are wanted."""

from pathlib import Path

from tests.nodepackages import NodePackages

PACKAGES = NodePackages(Path(__file__).parent)
