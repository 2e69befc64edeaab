"""Every file is a command, every folder a room, and rooms import downwards only."""

import ast
import functools
import os
import re
import subprocess
import sys

import pytest
from repository import ROOT

# The rooms that each may import, and with these all that they may.
SCRIBE = {
    "foundation": (),
    "strokes": ("foundation",),
    "models": ("strokes",),
    "drawing": ("strokes",),
    "reading": ("models", "drawing"),
    "networks": ("models", "reading"),
    "corpora": ("strokes", "reading"),
    "writing": ("models", "networks", "reading", "corpora", "drawing"),
    "typesetting": ("writing", "reading", "drawing"),
    "factory": ("typesetting",),
    "training": ("networks", "corpora", "models", "writing", "drawing"),
    "evaluation": ("writing", "reading", "corpora", "networks"),
    "web": ("writing", "drawing", "reading"),
}
SCRABBLEGAN = {
    "images": (),
    "words": ("images",),
    "networks": ("images",),
    "digits": ("networks",),
    "ink": ("networks", "words"),
    "models": ("digits", "words"),
    "training": ("models",),
    "evaluation": ("models", "ink"),
}
ROOMS = {"scribe": SCRIBE, "scrabblegan": SCRABBLEGAN}
# What scrabblegan takes of scribe: whole rooms, and the export and the error rates.
SHARED = {"scribe.foundation", "scribe.training", "scribe.models"}
SHARED |= {"scribe.networks.runtimes", "scribe.reading.error_rates"}

WITHOUT_TENSORFLOW = ("strokes", "models", "drawing", "reading")
HEAVY = {"tensorflow", "keras", "tensorflow_probability", "tf_keras", "tf2onnx"}
# The rooms whose front must be cheap: a cold start of `scribe.sample` counts.
CHEAP = (
    *WITHOUT_TENSORFLOW,
    "foundation",
    "corpora",
    "writing",
    "typesetting",
    "factory",
)
CHEAP += ("web",)
ENDS = {"__init__", "__main__"}


def modules() -> dict[str, str]:
    """Path from the root of each module by its dotted name."""
    found = {}
    for package in ROOMS:
        for path in sorted((ROOT / package).rglob("*.py")):
            relative = path.relative_to(ROOT)
            parts = relative.with_suffix("").parts
            found[".".join(p for p in parts if p != "__init__")] = relative.as_posix()
    return found


MODULES = modules()


def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / MODULES[module]).read_text(encoding="utf-8"))


@functools.cache
def imports(module: str) -> frozenset[str]:
    """What a module imports anywhere, in functions and by name in a string too."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.partition(":")[0]
            if name in MODULES and ":" in node.value:  # "package.module:name"
                found.add(name)
    return frozenset(found)


def inner_imports(module: str) -> set[str]:
    """Those of the two packages' modules that a module imports."""
    return {name for name in imports(module) if name in MODULES}


def package_of(module: str) -> str:
    return module.partition(".")[0]


def room_of(module: str) -> str | None:
    """The folder that a module stands in; None for a door or a package's front."""
    parts = MODULES[module].split("/")
    return parts[1] if len(parts) > 2 else None


def below(room: str, rooms: dict) -> set[str]:
    """The rooms that a room may import, itself among them."""
    return {room}.union(*(below(lower, rooms) for lower in rooms[room]))


def imports_between_rooms() -> set[str]:
    found = set()
    for module in MODULES:
        rooms = ROOMS[package_of(module)]
        for name in inner_imports(module):
            if room_of(module) is None or package_of(name) != package_of(module):
                continue
            upwards = room_of(name) not in below(room_of(module), rooms)
            if upwards and room_of(name) is not None:
                found.add(f"{module} imports {name}")
    return found


def imports_of_doors() -> set[str]:
    """A door may import its package's front; rooms may not even that."""
    return {
        f"{module} imports {name}"
        for module in MODULES
        for name in inner_imports(module)
        if room_of(name) is None and (name not in ROOMS or room_of(module))
    }


def imports_between_packages() -> set[str]:
    found = set()
    for module in MODULES:
        for name in inner_imports(module):
            if package_of(name) == package_of(module):
                continue
            front = ".".join(name.split(".")[:2])
            if package_of(name) == "scrabblegan" or not {name, front} & SHARED:
                found.add(f"{module} imports {name}")
    return found


def imports_of_tensorflow() -> set[str]:
    return {
        f"{module} imports {name}"
        for module in MODULES
        if package_of(module) == "scribe" and room_of(module) in WITHOUT_TENSORFLOW
        for name in imports(module)
        if name.partition(".")[0] in HEAVY or name == "gin.tf"
    }


def hidden_imports() -> set[str]:
    """Modules whose names are put together where nobody finds them.

    Only foundation's list of doors may, which runs the one that was asked for.
    """
    return {
        f"{module} hides what it imports"
        for module in MODULES
        if room_of(module) != "foundation"
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "import_module" and isinstance(node.args[0], ast.JoinedStr)
    }


def circles() -> set[str]:
    """Modules that import each other, directly or by way of others."""
    reached = {module: inner_imports(module) for module in MODULES}
    grows = True
    while grows:
        grows = False
        for module, names in reached.items():
            further = set().union(names, *(reached[name] for name in names))
            grows |= further != names
            reached[module] = further
    rings = {
        frozenset(n for n in names if module in reached[n])
        for module, names in reached.items()
        if module in names
    }
    return {" and ".join(sorted(ring)) for ring in rings}


def files_that_are_no_commands() -> set[str]:
    return {
        f"{module} is no command"
        for module in MODULES
        if room_of(module) is None and module not in ROOMS
        if module.rpartition(".")[2] not in ENDS and not is_command(module)
    }


def commands_in_rooms() -> set[str]:
    return {
        f"{module} is a command in a room"
        for module in MODULES
        if room_of(module) is not None and is_command(module)
    }


def is_command(module: str) -> bool:
    """Whether a module does something when it is run with `python -m`."""
    return any(
        isinstance(node, ast.If)
        and "__name__" in {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
        for node in tree(module).body
    )


def rooms_without_a_word() -> set[str]:
    found = set()
    for package, rooms in ROOMS.items():
        for room in rooms:
            docstring = ast.get_docstring(tree(f"{package}.{room}")) or ""
            if len([line for line in docstring.splitlines() if line.strip()]) < 3:
                found.add(f"{package}/{room} does not say what it is for")
    return found


RULES = (
    imports_between_rooms,
    imports_of_doors,
    imports_between_packages,
    imports_of_tensorflow,
    hidden_imports,
    circles,
    files_that_are_no_commands,
    commands_in_rooms,
    rooms_without_a_word,
)


@pytest.mark.unit
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nothing_breaks_the_rules_of_the_house(rule):
    assert not rule()


@pytest.mark.unit
@pytest.mark.parametrize("package", ROOMS)
def test_a_package_has_few_doors_and_the_rooms_of_the_plan(package):
    doors = [m for m in MODULES if package_of(m) == package and room_of(m) is None]
    folders = {
        entry.name
        for entry in (ROOT / package).iterdir()
        if entry.is_dir() and entry.name != "__pycache__"
    }
    assert len(doors) <= 20
    assert len(folders) <= 13
    assert folders == set(ROOMS[package])


@pytest.mark.unit
def test_contributing_and_the_readme_have_a_row_for_each_room():
    rows = re.findall(
        r"^\| `(\w+)/` \|.*\|([^|]*)\|$",
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
        re.M,
    )
    told = {room: tuple(may.replace(",", " ").split()) for room, may in rows}
    assert told == SCRIBE
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [room for room in SCRIBE if f"| [scribe/{room}]" not in readme] == []


def imported_in_a_new_process(names: list[str]) -> set[str]:
    """The outermost packages that are there after some modules were imported."""
    program = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.integration
@pytest.mark.parametrize("room", WITHOUT_TENSORFLOW)
def test_a_room_without_tensorflow_imports_none(room):
    names = [m for m in MODULES if m.startswith(f"scribe.{room}")]
    assert not imported_in_a_new_process(names) & HEAVY


@pytest.mark.integration
def test_the_fronts_of_rooms_are_cheap_to_import():
    names = ["scribe", "scrabblegan", *(f"scribe.{room}" for room in CHEAP)]
    assert not imported_in_a_new_process(names) & (HEAVY | {"matplotlib", "cv2"})
