"""Measures a trained network on lines of a corpus that it has not seen.

  python -m scribe.evaluate --data_dir=data/iam_ondb
  python -m scribe.evaluate --model=saved/graves --split=test --json=test.json
  python -m scribe.evaluate --legibility
  python -m scribe.evaluate --legibility --data_dir=data/iam_ondb
  python -m scribe.evaluate --legibility --texts=strings --sheet=weakest.png
  python -m scribe.evaluate --sheet=sheet.png --bias=0 --bias=1
  python -m scribe.evaluate --hands --data_dir=data/iam_ondb

Without an option: the log loss (lower is better), the squared error of the mean
prediction and the share of pen states foreseen, on every point of every line, in the
network's own unit and, at full point rate, in Units A and B of the corpus, which stand
beside Graves' tables. With --legibility: writes texts and reads them back; with
--data_dir the transcriptions of real lines, beside these lines. With --sheet: draws
texts at several biases and in each style of the model, to be looked at; with both, the
25 lines of each pass that were misread most. With --hands: writes in the hands of the
writers of a split, and finds how many lines are nearest to their own writer.
docs/measure/EVALUATION.md defines every figure.
"""

import json

from scribe.evaluation import contact_sheet
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

NUM_TEXTS = 200
NUM_TEXTS_OF_HAND = 6


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    if options.tuned and not options.hands:
        raise InputError("--tuned is for --hands")
    if options.hands and (options.legibility or options.sheet):
        raise InputError("--hands is measured without --legibility and --sheet")
    if options.sheet is not None:
        contact_sheet.check_path(options.sheet)
        if not options.legibility:
            return _draw_sheet(options)
    if options.texts == "characters":
        raise InputError("--texts=characters is for a --sheet without --legibility")
    if options.num_texts is None:
        options.num_texts = NUM_TEXTS_OF_HAND if options.hands else NUM_TEXTS
    from scribe.evaluation import EVALUATIONS
    from scribe.models import find_model, load_model

    model = load_model(find_model(options.model))
    if model.kind not in EVALUATIONS:
        raise InputError(
            f"{model.folder}: a model of kind {model.kind!r}; what can be measured are "
            f"{', '.join(EVALUATIONS)}"
        )
    if options.hands and not model.reads_text:
        raise InputError(f"{model.folder} is a model without text: it takes no style")
    options.learn = _learn(model) if options.tuned else None
    found, report = EVALUATIONS[model.kind](model, options)
    print(report)
    if options.json:
        write_whole(options.json, f"{json.dumps(found, indent=2)}\n".encode())
        print(options.json)
    return 0


def _learn(model):
    """Tunes a hand on some lines of it, see scribe.evaluation.hand_evaluation."""
    from scribe.training import tuned_style

    tuner = tuned_style.bound_tuner()
    return lambda lines: tuned_style.learn(model, lines, tuner).adaptation


# fmt: off
def _parser():
    parser = command_line.parser(__doc__, "scribe.evaluate")
    command_line.add_model(parser)
    add = parser.add_argument
    add("--data_dir",
        help="prepared corpus (default: as trained; with --legibility a list of texts)")
    add("--split", default="validation", help="split of that corpus (validation)")
    add("--json", metavar="FILE", help="write the figures there as well")
    command_line.add_quiet(parser)
    add("--hands", action="store_true",
        help="write in strangers' hands and find their writers")
    add("--tuned", action="store_true",
        help="with --hands: tune each hand on a page as well (a minute each)")
    add("--num_hands", type=int, default=24, help="with --hands: at most (24)")
    add = parser.add_argument_group(
        "with --legibility, --sheet or --hands").add_argument
    add("--legibility", action="store_true", help="write texts and read them back")
    add("--sheet", metavar="FILE",
        help="draw texts into a .png; with --legibility those misread most")
    add("--num_texts", type=int, help="how many (200; 24 on a sheet; 6 in each hand)")
    add("--texts", default="sentences", choices=("sentences", "strings", "characters"),
        help="which list, without --data_dir: strings are dates, amounts, addresses; "
        "characters, on a sheet, all that can be written (sentences)")
    add("--bias", type=float, action="append",
        help="may be repeated (0 and 1; 0.5, 1 and 1.5 on a sheet; once, 1, for hands)")
    add("--seed", type=int, default=0, help="of the hands and the choice of lines (0)")
    add = parser.add_argument_group("with --legibility").add_argument
    add("--temperature", type=float, action="append",
        help="of a SketchRNN that draws words again; may be repeated (0.1 and 0.4)")
    add("--best_of", type=int, default=0, metavar="N",
        help="in a further pass choose among N lines, as scribe.sample does")
    add("--reader",
        help="run folder or shipped reader (default: the one that measures)")
    add("--tesseract", default="auto", choices=("auto", "no"),
        help="have it read the drawn lines, too, if it is installed (auto)")
    return parser
# fmt: on


def _draw_sheet(options) -> int:
    from scribe import writing

    if options.json:
        raise InputError("--sheet only draws: leave --json out, or add --legibility")
    writer = writing.load(options.model)
    if options.texts == "characters":
        bias = 1.0 if options.bias is None else options.bias[0]
        contact_sheet.save_characters(writer, options.sheet, bias)
        print(options.sheet)
        return 0
    biases = options.bias or contact_sheet.BIASES
    num_texts = options.num_texts
    if num_texts is None:
        num_texts = contact_sheet.NUM_TEXTS
    contact_sheet.save(writer, options.sheet, biases, num_texts, options.seed)
    print(options.sheet)
    return 0


if __name__ == "__main__":
    command_line.run(main)
