"""gin files: where they are, how they are read, and what a resumed run may change."""

import difflib
import importlib
import importlib.util
import io
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from scribe.foundation import experiments, gin_imports, installing
from scribe.foundation.errors import InputError
from scribe.foundation.files import decoded, read_file

_ONE_LINE = 10**6  # characters; so bindings can be compared line by line
_STRING = re.compile(r"'(\\.|[^'\\])*'|\"(\\.|[^\"\\])*\"")
_INITIAL = re.compile(r"\w+Trainer\.initial(_\w+)?$")
_INCLUDE = re.compile(r"^include\s+['\"](.+?)['\"][^\n]*", re.MULTILINE)
_TOKEN = re.compile(r"malformed node.*Failed to parse token '(.*)'", re.DOTALL)
_MAX_BYTES = 1_000_000  # of a gin file
_MACRO = re.compile(r"%([\w/]+)")


def gin_folder() -> Path:
    """The folder of the gin files: in a clone `gin/`, installed inside the package."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "gin_files", package.parent / "gin"):
        if (folder / "experiments").is_dir():
            return folder
    raise InputError(f"no gin files were found beside {package}")


def check_files(gin_files: Sequence[str]) -> None:
    """Refuses files that do not exist before the time that it takes to parse others.

    Args:
      gin_files: as for `parse`.

    Raises:
      InputError: a file is missing.
    """
    folder = gin_folder()
    for name in gin_files:
        if not (_file(name, folder) or experiments.find(name, folder)):
            _missing(name, folder)


def parse(
    gin_files: Sequence[str], gin_params: Sequence[str], clear: bool = True
) -> None:
    """Reads gin files and single bindings; everything named must exist.

    Args:
      gin_files: paths; relative ones are looked up in the working folder, then in the
        project's gin folder. A bare name such as "scribe_quick" is an experiment, its
        former name, too.
      gin_params: bindings such as "train.num_steps = 100".
      clear: forgets what was bound before.

    Raises:
      InputError: a file is missing, a binding is wrong or misspelt, or a module that
        would be imported is neither ours nor allowed.
    """
    gin = import_gin()
    if clear:
        gin.clear_config()
    folder = gin_folder()
    files = [_resolve(name, folder) for name in gin_files]
    try:
        for file in files:
            _parse_file(file, folder)
        _check_statements("\n".join(gin_params), "--gin_param")
        gin.parse_config(list(gin_params))
    except InputError:
        raise
    except Exception as error:  # gin raises what it meets: ValueError, SyntaxError, ...
        raise InputError(f"the configuration is wrong: {_reason(error)}") from error
    _check_macros(gin_params)


def _parse_file(path: Path, folder: Path, including: tuple[Path, ...] = ()) -> None:
    """Parses a gin file, and those that it includes where it includes them.

    gin's own way of doing so would import modules by names that they had once.
    """
    if path in including:
        raise InputError(f"the configuration is wrong: {path} includes itself")
    line_number = 0
    text = decoded(read_file(path, _MAX_BYTES), path)
    # Text, the name of an included file, text, ...
    parts = _INCLUDE.split(gin_imports.with_modules(text))
    for text, included in itertools.zip_longest(parts[::2], parts[1::2]):
        statements = io.StringIO("\n" * line_number + text)
        statements.name = str(path)  # with the number of the line, for gin's messages
        _check_statements(statements, str(path))
        statements.seek(0)
        import_gin().parse_config(statements)
        line_number += text.count("\n")
        if included is not None:
            _parse_file(_included(included, folder), folder, (*including, path))


def _check_statements(statements: str | io.StringIO, where: str) -> None:
    """Refuses what gin would import or include by itself, before it does.

    gin's own parser finds it, so that no way of writing it is missed.
    """
    from gin import config_parser

    class Nothing(config_parser.ParserDelegate):
        def configurable_reference(self, *_):
            return None

        def macro(self, _):
            return None

    for statement in config_parser.ConfigParser(statements, Nothing()):
        if isinstance(statement, config_parser.ImportStatement):
            gin_imports.check(statement.module, where)
        elif isinstance(statement, config_parser.IncludeStatement):
            raise InputError(
                f"the configuration is wrong: {where} includes {statement.filename!r} "
                "elsewhere than at the start of a line of a file"
            )


def _reason(error: Exception) -> str:
    """An error of gin's, but for the objects of Python's parser in it."""
    token = _TOKEN.search(str(error))
    if token is None:
        return str(error)
    return f"{token[1]!r} is no value: a text needs quotation marks around it"


def import_gin():
    """The module gin.

    Raises:
      InputError: gin-config is not installed.
    """
    # Without gin-config, `import gin` in a clone finds the folder gin/ and succeeds.
    specification = importlib.util.find_spec("gin")
    if specification is None or specification.origin is None:
        raise InputError(installing.sentence("gin", "gin-config"))
    import gin

    return gin


def _check_macros(gin_params: Sequence[str]) -> None:
    """gin takes any name for a macro: refuses those that lead nowhere."""
    bindings = _bindings(config_text())
    defined = {name for name in bindings if "." not in name}
    used: dict[str, str] = {}
    for name, value in bindings.items():
        for macro in _macros(value):
            used.setdefault(macro, name)
    for macro, name in used.items():
        if macro not in defined:
            raise InputError(
                f"the configuration is wrong: {name} uses %{macro}, which nothing binds"
            )
    for binding in gin_params:
        name = binding.partition("=")[0].strip()
        if name in defined and name not in used:
            similar = difflib.get_close_matches(name, used, n=1)
            hint = f"did you mean {similar[0]}?" if similar else "nothing uses it"
            raise InputError(f"the binding {name} has no effect: {hint}")


def _resolve(name: str, folder: Path) -> Path:
    return _file(name, folder) or _experiment(name, folder) or _missing(name, folder)


def _file(name: str, folder: Path) -> Path | None:
    candidates = [Path(name), folder / name]
    parts = Path(name).parts
    if parts and parts[0] == "gin":  # gin/experiments/x.gin outside a clone
        candidates.append(folder.joinpath(*parts[1:]))
    return next((path for path in candidates if path.is_file()), None)


def _missing(name: str, folder: Path) -> NoReturn:
    known = ", ".join(experiments.names(folder))
    raise InputError(f"there is no gin file {name!r}; experiments: {known}")


def _included(name: str, folder: Path) -> Path:
    for candidate in (Path(name), folder / name):
        if candidate.is_file():
            return candidate
    experiment = _experiment(name, folder)
    if experiment is None:
        raise InputError(
            f"the configuration is wrong: there is no file {name} to include, neither "
            f"here nor in {folder}"
        )
    return experiment


def _experiment(name: str, folder: Path) -> Path | None:
    found = experiments.find(name, folder)
    if found is not None:
        experiments.log_what_to_know(name, found)
    return found


def config_text() -> str:
    """All that was parsed, as text that gin reads again, a binding on one line."""
    return _readable(import_gin().config_str(max_line_length=_ONE_LINE))


def operative_text() -> str:
    """What was used so far of all that was parsed, as text that gin reads again."""
    return _readable(import_gin().operative_config_str(max_line_length=_ONE_LINE))


def _readable(text: str) -> str:
    # Besides long bindings gin draws rules of that width, which go.
    lines = [line for line in text.splitlines() if not line.startswith("# ===")]
    return gin_imports.with_rooms("".join(f"{line}\n" for line in lines))


def unused() -> list[str]:
    """Bindings that no configurable has read so far, by name."""
    used = _bindings(operative_text())
    return [name for name in _bindings(config_text()) if name not in used]


def differences(old: str, new: str) -> list[str]:
    """Bindings in which two configurations differ, but for those that may.

    A configurable says in MAY_CHANGE which of its arguments a resumed run may bind to
    something else. A macro may change if such an argument is bound to it, or nothing;
    so may DATA_DIR, whatever data set it is bound to: it says where, not what.
    """
    old_bindings, new_bindings = _bindings(old), _bindings(new)
    bindings = old_bindings | new_bindings
    changed = [
        name
        for name in sorted(bindings)
        if old_bindings.get(name) != new_bindings.get(name)
    ]
    if changed:
        _register(old + new)
    return [
        f"{name}: {old_bindings.get(name, 'unbound')} -> "
        f"{new_bindings.get(name, 'unbound')}"
        for name in changed
        if not _may_change(name, bindings)
    ]


def _register(text: str) -> None:
    """Imports what a configuration imports: the text may come from elsewhere."""
    for module in gin_imports.modules(text):
        gin_imports.check(module, "the former configuration")
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            raise InputError(
                f"the former configuration imports {module}: {error}"
            ) from error


def _may_change(name: str, bindings: dict[str, str]) -> bool:
    if name == "DATA_DIR":
        return True
    if "." not in name:
        users = [user for user, value in bindings.items() if name in _macros(value)]
        return not users or any(_may_change(user, bindings) for user in users)
    configurable, _, argument = name.rpartition("/")[2].rpartition(".")
    try:
        found = import_gin().get_configurable(configurable)
    except ValueError:  # unknown: written by hand, or by a later version
        return False
    return argument in getattr(found, "MAY_CHANGE", ())


def _macros(value: str) -> list[str]:
    """Names of the macros that a binding's value refers to."""
    return _MACRO.findall(_STRING.sub("", value))


def initial_models() -> dict[str, str]:
    """The models that the parsed trainings begin with: bindings and their values."""
    bindings = _bindings(config_text())
    named = {
        name: bindings.get(value.removeprefix("%"), value)
        for name, value in bindings.items()
        if _INITIAL.match(name)
    }
    return {name: value for name, value in named.items() if value != "None"}


def check_stages() -> None:
    """Refuses a stage of a training whose stage before has not been trained.

    Raises:
      InputError: the run of another experiment that it begins with is not there.
    """
    for binding, value in initial_models().items():
        for run in (Path(quoted[0][1:-1]) for quoted in _STRING.finditer(value)):
            is_stage = len(run.parts) > 1 and experiments.find(run.name, gin_folder())
            if is_stage and not run.is_dir():
                raise InputError(
                    f"{binding}: there is no run folder {run}; train the experiment "
                    f"{run.name} first (gin/README.md)"
                )


def _bindings(text: str) -> dict[str, str]:
    bindings = {}
    for line in text.splitlines():
        name, separator, value = line.partition(" = ")
        if separator and not line.startswith(("#", " ")):
            bindings[name.strip()] = value.strip()
    return bindings


def call(function, **arguments):
    """Calls a configurable; a binding that is missing is an InputError."""
    try:
        return function(**arguments)
    except TypeError as error:
        if "No values supplied by Gin" in str(error):
            first_line = str(error).splitlines()[0]
            raise InputError(f"a binding is missing: {first_line}") from error
        raise


def build_trainer():
    """The dataset and the trainer that the parsed files bind for training.

    Returns:
      dataset, trainer; the trainer's weights are fresh.
    """
    gin = import_gin()
    try:
        dataset, trainer = (
            gin.get_configurable(gin.query_parameter(name).selector)
            for name in ("train.dataset", "train.trainer")
        )
    except ValueError as error:
        raise InputError(f"the configuration trains nothing: {error}") from error
    data = call(dataset)
    return data, call(trainer, dataset=data)
