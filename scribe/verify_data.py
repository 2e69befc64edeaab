"""Checks a prepared corpus for what training relies on, and draws a few of its lines.

  python -m scribe.verify_data --data_dir=data/iam_ondb

Status 0 if all is well, 1 if a check failed, 2 if there is no prepared corpus.
"""

from pathlib import Path

from scribe.foundation import command_line


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.verify_data")
    parser.add_argument(
        "--data_dir",
        required=True,
        metavar="FOLDER",
        help="folder that python -m scribe.prepare_data wrote",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="picture of some lines, .png .svg or .pdf (logs/figures/<folder>.png)",
    )
    parser.add_argument(
        "--num_drawn", type=int, default=8, metavar="N", help="lines in it (8)"
    )
    parser.add_argument(
        "--shared_forms",
        action="store_true",
        help="lets a form (or writer) be in two splits, as in DeepWriting's files",
    )
    options = parser.parse_args(arguments)
    from scribe.corpora.prepared import load_description
    from scribe.corpora.verification import CHECKS, FORMS_APART, draw_some, verify

    folder = Path(options.data_dir)
    if not (folder / "corpus.json").is_file():
        load_description(folder)  # says what is missing
    left_out = [FORMS_APART] if options.shared_forms else []
    failures = verify(folder, print, left_out)
    if failures:
        print(f"{failures} of {len(CHECKS) + 1 - len(left_out)} checks FAILED")
        return 1
    if options.num_drawn > 0:
        output = options.output or Path("logs/figures") / f"{folder.resolve().name}.png"
        draw_some(folder, output, options.num_drawn)
        print(f"drew {options.num_drawn} lines into {output}")
    print("SUCCESS! All checks passed!")
    return 0


if __name__ == "__main__":
    command_line.run(main)
