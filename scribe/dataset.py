"""Makes labelled handwriting to train recognizers with: words, lines, pages.

  python -m scribe.dataset --output=data/words --num_samples=10000
  python -m scribe.dataset --gin_file=factory/lines.gin --output=data/lines \\
      --num_samples=2000 --workers=2 --gin_param="Lexicon.language = 'de'"

Every picture comes with its text, the boxes and polygons of its words and characters,
baselines and pen strokes. gin/factory has a recipe for each kind of picture; all that
shapes them is bound there. A command that was stopped goes on when it is given again.
"""

import os

from scribe.foundation import command_line, gin_config
from scribe.foundation.errors import InputError
from scribe.foundation.progress import Bar

_RECIPE = "factory/words.gin"
_LOCAL = "local"


def main(arguments=None) -> int:
    options, others = _parser().parse_known_args(arguments)
    if others and options.runner == _LOCAL:
        raise InputError(f"unrecognized arguments: {' '.join(others)}")
    if options.workers < 1:
        raise InputError(f"--workers={options.workers}: must be 1 or more")
    bindings = list(options.gin_param)
    if options.ink is not None:
        from scribe.models.ink_model import InkModel

        InkModel.load(options.ink)  # is there one?
        bindings.append(f"Recipe.ink = {options.ink!r}")
    gin_config.parse(options.gin_file or [_RECIPE], bindings)
    from scribe.factory.making import Plan

    plan = Plan(
        gin_config.config_text(), options.seed, options.num_samples, options.format
    )
    if options.runner == _LOCAL:
        from scribe.factory import runner

        with Bar("writing", options.num_samples, "samples", options.quiet) as bar:
            facts = runner.make(plan, options.output, options.workers, bar)
    else:
        from scribe.factory import beam_runner

        pipeline = [f"--runner={options.runner}", *others]
        facts = beam_runner.make(plan, options.output, pipeline)
    print(f"{facts['num_samples']} samples in {options.output}")
    for split, count in facts["splits"].items():
        print(f"{count:9}  {split}")
    for reason, count in facts["left_out"].items():
        print(f"{count:9}  left out: {reason}")
    print(f"terms: {facts['licence']}")
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scribe.dataset")
    add = parser.add_argument
    add("--output", required=True, metavar="FOLDER", help="where the data set goes")
    add("--num_samples", type=int, default=1000, metavar="N",
        help="pictures (default 1000)")  # fmt: skip
    add("--format", default="folder", metavar="NAME",
        help="folder (default), parquet, webdataset, tfrecord, lmdb, iam, page_xml, "
        "alto, pylaia, paddleocr, loghi, doctr, easyocr")  # fmt: skip
    add("--seed", type=int, default=0, metavar="N", help="default 0")
    add("--workers", type=int, default=os.cpu_count() or 1, metavar="N",
        help="processes (default: one per core)")  # fmt: skip
    add("--runner", default=_LOCAL, metavar="NAME",
        help="local (default), or one of Apache Beam's, as DirectRunner or "
        "DataflowRunner, which the pipeline options after it go to")  # fmt: skip
    add("--ink", metavar="NAME",
        help="a network of ink that draws the strokes as scans: ink_dhsd, ink_gw, or a "
        "run folder of scrabblegan.train (default: pens of the recipe)")  # fmt: skip
    add("--gin_file", action="append", metavar="FILE",
        help=f"recipe, may be repeated (default {_RECIPE})")  # fmt: skip
    add("--gin_param", action="append", default=[], metavar="BINDING",
        help="a binding of the recipe, may be repeated")  # fmt: skip
    command_line.add_allow_imports(parser)
    command_line.add_quiet(parser)
    return parser


if __name__ == "__main__":
    command_line.run(main)
