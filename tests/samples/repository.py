"""Where the repository is, and what its setup.cfg and requirements say."""

import configparser
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def settings() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def listed(section: str, name: str) -> list[str]:
    """The lines of a multi-line setting."""
    lines = settings()[section][name].splitlines()
    return [line.strip() for line in lines if line.strip() and line.strip()[0] != "#"]


def requirements(name: str) -> list[str]:
    """The requirements that a file names, without comments and options."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0] not in "#-"]
