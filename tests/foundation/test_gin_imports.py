"""gin files import rooms; those of users go on with the names that modules had."""

import importlib.util
import sys

import pytest
from refusals import refused

from scribe.foundation import command_line, gin_config, gin_imports
from scribe.foundation.errors import InputError

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]


@pytest.fixture(autouse=True)
def nothing_allowed(monkeypatch):
    monkeypatch.setattr(gin_imports, "_allowed", set())


# As earlier versions wrote them into gin files and into the config.gin of a run.
EARLIER = """\
import scribe.attention_rnn
import scribe.datasets as scribe2
import scribe.encoder_decoder as scribe3
import scribe.reader_network as scribe4
import scribe.reader_trainer as scribe5
import scribe.sketch_rnn as scribe6
import scribe.sketch_trainer as scribe7
import scribe.drawing.plotter as scribe8
import scribe.training.loop as scribe9
import scribe.training.optimizers as scribe10
import scribe.training.trainers as scribe11
import scribe.training.weight_noise as scribe12
import scrabblegan.augmentation
import scrabblegan.digit_classifier as scrabblegan2
import scrabblegan.digit_data as scrabblegan3
import scrabblegan.digit_trainer as scrabblegan4
import scrabblegan.digits as scrabblegan5
import scrabblegan.discriminator as scrabblegan6
import scrabblegan.generator as scrabblegan7
import scrabblegan.losses as scrabblegan8
import scrabblegan.preprocessing_experiment as scrabblegan9
import scrabblegan.print_trainer as scrabblegan10
import scrabblegan.recognizer as scrabblegan11
import scrabblegan.recognizer_trainer as scrabblegan12
import scrabblegan.scrabble_trainer as scrabblegan13
import scrabblegan.word_data as scrabblegan14
import scrabblegan.word_preparation as scrabblegan15
"""
BINDINGS = """\
DATA_DIR = 'somewhere'
train.dataset = @StrokeDataset
train.trainer = @StrokeTrainer
StrokeDataset.data_dir = %DATA_DIR
StrokeDataset.steps = [@deskew, @scribe.strokes.decimate]
decimate.keep_every = 2
StrokeTrainer.model = @AttentionRNN
StrokeTrainer.optimizer = @Adam()
StrokeTrainer.weight_noise = @AdaptiveWeightNoise()
EncoderDecoder.num_units = 3
ReaderTrainer.network = @ReaderNetwork
SketchTrainer.network = @SketchRNN
DigitTrainer.generator = @ConvGenerator()
DigitTrainer.dataset = @DigitDataset()
DigitClassifierTrainer.classifier = @DigitClassifier()
ScrabbleTrainer.discriminator = @make_discriminator
ScrabbleTrainer.loss = @HingeLoss()
PrintTrainer.generator = @make_generator
RecognizerTrainer.network = @make_recognizer
RecognizerTrainer.augmentation = @ImageAugmentation()
WordDataset.lengths = (1, 2)
convert_to_gan_reading_format_save.normalizer = @WordNormalizer()
PreprocessingExperiment.judge_steps = 1
"""


def test_a_file_of_an_earlier_version_parses_and_is_kept_in_today_s_names(tmp_path):
    (tmp_path / "included.gin").write_text(EARLIER)
    (tmp_path / "mine.gin").write_text(f"include '{tmp_path}/included.gin'\n{BINDINGS}")
    gin_config.parse([str(tmp_path / "mine.gin")], [])
    text = gin_config.config_text()
    imports = [line for line in text.splitlines() if line.startswith("import ")]
    assert imports == [
        "import scrabblegan.digits",
        "import scrabblegan.evaluation",
        "import scrabblegan.networks",
        "import scrabblegan.training",
        "import scrabblegan.words",
        "import scribe.corpora",
        "import scribe.drawing",
        "import scribe.networks",
        "import scribe.training",
    ]
    gin_config.parse([], [])
    (tmp_path / "config.gin").write_text(text)
    gin_config.parse([str(tmp_path / "config.gin")], [])
    assert gin_config.config_text() == text


def test_every_room_that_a_gin_file_may_import_registers_what_it_has():
    lines = gin_imports.with_modules(EARLIER).splitlines()
    modules = {line.removeprefix("import ") for line in lines}
    assert len(modules) == 9
    for module in modules:
        assert module.endswith(".configurables")
        assert importlib.util.find_spec(module) is not None


WAYS_TO_IMPORT = [
    "import {module}",
    "import {module} as harmless",
    "from {module} import harmless",
    "  import {module}",
    "import \\\n  {module}",
    "NUM_STEPS = 1\n\nimport {module}",
    "from __gin__ import dynamic_registration\nimport {module}",
    "import scribe.training\nimport {module}",
    "\ufeffimport {module}",
    "import {module}\n(",
]


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A module that notes that it was run; its name, and where it notes it."""
    (tmp_path / "harmful_program.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w').close()\nharmless = 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield "harmful_program", tmp_path / "ran"
    sys.modules.pop("harmful_program", None)


@pytest.mark.parametrize("way", WAYS_TO_IMPORT)
@pytest.mark.parametrize("place", ["file", "included", "included by gin", "parameter"])
def test_a_gin_file_runs_no_module_but_ours(tmp_path, program, way, place):
    module, ran = program
    (tmp_path / "mine.gin").write_text(f"{way.format(module=module)}\n")
    files, params = [str(tmp_path / "mine.gin")], []
    if place == "included":
        (tmp_path / "outer.gin").write_text(f"include '{tmp_path}/mine.gin'\n")
        files = [str(tmp_path / "outer.gin")]
    elif place == "included by gin":
        (tmp_path / "outer.gin").write_text(f"  include '{tmp_path}/mine.gin'\n")
        files = [str(tmp_path / "outer.gin")]
    elif place == "parameter":
        files, params = [], [way.format(module=module)]
    with pytest.raises(InputError):
        gin_config.parse(files, params)
    assert not ran.exists()
    assert module not in sys.modules


def test_the_sentence_says_how_to_allow_a_module(tmp_path, program):
    module, ran = program
    (tmp_path / "mine.gin").write_text(f"import {module}\n")
    with refused(tmp_path / "mine.gin", module, f"--allow_imports={module}"):
        gin_config.parse([str(tmp_path / "mine.gin")], [])
    parser = command_line.parser("", "scribe.train")
    command_line.add_allow_imports(parser)
    options = parser.parse_args([f"--allow_imports={module}"])
    assert options.allow_imports == [module]
    gin_config.parse([str(tmp_path / "mine.gin")], [])
    assert ran.exists()


def test_the_configuration_of_a_stranger_s_run_is_compared_without_running_it(program):
    module, ran = program
    gin_config.parse(["scribe_quick"], [])
    with refused(module):
        gin_config.differences(f"import {module}\nx.y = 1\n", gin_config.config_text())
    assert not ran.exists()


@pytest.mark.parametrize("module", ["", "a b", "os;x", "../x", "a..b"])
def test_what_is_no_module_is_not_allowed(module):
    with refused(f"--allow_imports={module}"):
        gin_imports.allow([module])


def test_allowing_a_package_allows_what_is_in_it_and_no_more(monkeypatch):
    gin_imports.allow(["mine.nets"])
    gin_imports.check("mine.nets.deep", "x.gin")
    for module in ("mine", "mine.nets_of_others", "scribe_evil", "os"):
        with refused(module):
            gin_imports.check(module, "x.gin")


def test_modules_of_other_packages_stay_what_they_are():
    text = "import my_models\nimport scribe_tools.shapes as shapes\nscribe = 'import'\n"
    assert gin_imports.with_modules(text) == text


def test_any_module_of_a_room_stands_for_the_room():
    text = "import scribe.training.optimizers as scribe4\n"
    assert gin_imports.with_rooms(gin_imports.with_modules(text)) == (
        "import scribe.training\n"
    )
