"""The command `scribe`: lists the doors, or opens one."""

import functools

from scribe.foundation import command_line, doors

GROUPS = {
    "Write": ("sample", "write_page", "style", "font", "read", "serve"),
    "Prepare data": ("prepare_data", "verify_data", "render_words", "dataset"),
    "Train": ("train", "evaluate", "publish", "export", "import_tf1"),
    "Machines": ("benchmark", "cloud", "verify_install"),
}


def main() -> None:
    command_line.run(functools.partial(doors.open_door, "scribe", GROUPS))


if __name__ == "__main__":
    main()
