"""The command `scrabblegan`: lists the doors, or opens one."""

import functools

from scribe.foundation import command_line, doors

GROUPS = {
    "Write and read": ("sample", "recognize"),
    "Prepare data": ("prepare_data", "prepare_ink"),
    "Train": ("train", "evaluate", "compare_preprocessing", "htr_gain", "publish")
    + ("export",),
    "Machines": ("benchmark",),
}


def main() -> None:
    command_line.run(functools.partial(doors.open_door, "scrabblegan", GROUPS))


if __name__ == "__main__":
    main()
