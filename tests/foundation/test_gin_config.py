"""gin files: what is found, what is refused, and what a resumed run may change."""

import pytest
from refusals import refused

from scribe.foundation import gin_config
from scribe.foundation.errors import InputError

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]


@pytest.mark.parametrize(
    "name",
    [
        "graves_synthesis",
        "graves_synthesis.gin",
        "experiments/graves_synthesis.gin",
        "gin/experiments/graves_synthesis.gin",
    ],
)
def test_an_experiment_is_found_from_any_folder(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    gin_config.parse([name], [])
    assert "AttentionRNN.num_units = 400\n" in gin_config.config_text()


def test_a_file_of_one_s_own_may_include_those_of_the_project(tmp_path, monkeypatch):
    (tmp_path / "mine.gin").write_text(
        "include 'experiments/graves_synthesis.gin'\nAttentionRNN.num_units = 123\n"
    )
    monkeypatch.chdir(tmp_path)
    gin_config.parse(["mine.gin"], ["NUM_STEPS = 7"])
    text = gin_config.config_text()
    assert "AttentionRNN.num_units = 123\n" in text
    assert "NUM_STEPS = 7\n" in text


def test_the_kept_text_reads_back_to_itself(tmp_path):
    gin_config.parse(["scribe_default"], [f"DATA_DIR = '{'x' * 200}'"])
    text = gin_config.config_text()
    (tmp_path / "config.gin").write_text(text)
    gin_config.parse([str(tmp_path / "config.gin")], [])
    assert gin_config.config_text() == text
    assert len(text) < 10_000
    assert gin_config.differences(text, gin_config.config_text()) == []


@pytest.mark.parametrize(
    ("binding", "sentence"),
    [
        ("AttentionRNN.num_unit = 3", "doesn't have a parameter named 'num_unit'"),
        ("AtentionRNN.num_units = 3", "No configurable matching 'AtentionRNN'"),
        (
            "StrokeTrainer.optimizer = @Adm()",
            "No configurable matching reference '@Adm",
        ),
        ("NUM_STEP = 3", "NUM_STEP has no effect: did you mean NUM_STEPS?"),
        ("BANANA = 3", "BANANA has no effect: nothing uses it"),
        ("train.num_steps = %MANY", "train.num_steps uses %MANY, which nothing binds"),
        ("NUM_STEPS", "Couldn't parse statement"),
        ("NUM_STEPS=abc", "'abc' is no value: a text needs quotation marks"),
        ("NUM_STEPS = __import__('os')", "'__import__' is no value"),
        ("include 'experiments/demo.gin'", "--gin_param includes"),
        ("train.num_steps = (1", "the configuration is wrong"),
        ("Adam.jit_compile = True", "not in the configurable's allowlist|jit_compile"),
    ],
)
def test_a_mistyped_binding_is_refused(binding, sentence):
    with pytest.raises(InputError, match=sentence):
        gin_config.parse(["graves_synthesis"], [binding])


def test_a_percent_sign_in_a_path_is_no_macro():
    gin_config.parse(["graves_synthesis"], ["DATA_DIR = '/data/100%SURE'"])
    assert "DATA_DIR = '/data/100%SURE'\n" in gin_config.config_text()


def test_a_missing_file_names_the_experiments():
    with pytest.raises(InputError, match="no gin file 'nothing'; experiments: demo, "):
        gin_config.parse(["nothing"], [])


def test_including_a_file_that_does_not_exist_is_refused(tmp_path):
    (tmp_path / "mine.gin").write_text("include 'models/nothing.gin'\n")
    with pytest.raises(InputError, match="there is no file models/nothing.gin"):
        gin_config.parse([str(tmp_path / "mine.gin")], [])


def test_a_mistake_in_an_included_file_is_named_by_file_and_line(tmp_path):
    (tmp_path / "part.gin").write_text("import scribe.corpora\n\ndeskw.limit = 1\n")
    (tmp_path / "mine.gin").write_text(
        f"import scribe.corpora\ninclude '{tmp_path}/part.gin'\nNUM_STEPS = 1\n"
    )
    with pytest.raises(InputError, match=r"(?s)deskw.*part\.gin.*line 3"):
        gin_config.parse([str(tmp_path / "mine.gin")], [])
    (tmp_path / "part.gin").write_text("NUM_STEPS = 2\n")
    with (tmp_path / "mine.gin").open("a") as file:
        file.write("\nAtentionRNN.num_units = 2\n")
    with pytest.raises(InputError, match=r"(?s)AtentionRNN.*mine\.gin.*line 5"):
        gin_config.parse([str(tmp_path / "mine.gin")], [])


def test_a_file_that_includes_itself_is_named(tmp_path):
    (tmp_path / "a.gin").write_text(f"include '{tmp_path}/b.gin'\n")
    (tmp_path / "b.gin").write_text(f"include '{tmp_path}/a.gin'\n")
    with refused(tmp_path / "a.gin"):
        gin_config.parse([str(tmp_path / "a.gin")], [])


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00", b"(" * 9999, b"'" * 9999])
def test_a_file_that_is_no_configuration_is_refused(tmp_path, content):
    (tmp_path / "a.gin").write_bytes(content)
    with pytest.raises(InputError):
        gin_config.parse([str(tmp_path / "a.gin")], [])


def test_looking_for_included_files_logs_nothing(caplog, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    gin_config.parse(["graves_synthesis"], [])
    assert caplog.text == ""


def test_differences_name_what_changed_and_allow_length_cadence_and_place():
    gin_config.parse(["graves_synthesis"], [])
    before = gin_config.config_text()
    gin_config.parse(
        ["graves_synthesis"],
        ["NUM_STEPS = 99", "DATA_DIR = 'b'", "train.summary_every = 7"],
    )
    assert gin_config.differences(before, gin_config.config_text()) == []
    gin_config.parse(["graves_synthesis"], ["AttentionRNN.num_units = 9"])
    assert gin_config.differences(before, gin_config.config_text()) == [
        "AttentionRNN.num_units: 400 -> 9"
    ]
    gin_config.parse(["graves_synthesis"], ["Adam.beta_1 = 0.5"])
    assert gin_config.differences(before, gin_config.config_text()) == [
        "Adam.beta_1: unbound -> 0.5"
    ]


def test_a_missing_binding_is_one_sentence(clean_gin):
    @clean_gin.configurable(module="test_config")
    def needs_a_number(number):
        return number

    with pytest.raises(InputError) as failure:
        gin_config.call(needs_a_number)
    assert "needs_a_number() missing 1 required" in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_mistake_in_the_code_stays_a_type_error():
    def wrong():
        return 1 + "1"

    with pytest.raises(TypeError, match="unsupported operand"):
        gin_config.call(wrong)


@pytest.mark.usefixtures("clean_gin")
def test_the_model_that_a_training_begins_with_is_named():
    gin_config.parse(["rand_write_half_rate"], [])
    begins = {"StrokeTrainer.initial_model": "'synthesis_half_rate'"}
    assert gin_config.initial_models() == begins


def test_a_stage_says_which_one_is_to_be_trained_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    gin_config.parse(["graves_synthesis"], [])
    with pytest.raises(InputError, match="train the experiment graves_synthesis_1 "):
        gin_config.check_stages()
    (tmp_path / "saved" / "graves_synthesis_1").mkdir(parents=True)
    gin_config.check_stages()
    gin_config.parse(["rand_write_half_rate"], [])  # begins with a shipped model
    gin_config.check_stages()
    elsewhere = "StrokeTrainer.initial_model = 'runs/my_own'"
    gin_config.parse(["rand_write_half_rate"], [elsewhere])
    gin_config.check_stages()


@pytest.mark.usefixtures("clean_gin")
@pytest.mark.parametrize(
    ("recognizer", "expected"),
    [("None", {}), ("'x'", {"ScrabbleTrainer.initial_recognizer": "'x'"})],
)
def test_a_model_behind_a_macro_counts_if_there_is_one(recognizer, expected):
    macros = ["INITIAL_GENERATOR = None", f"INITIAL_RECOGNIZER = {recognizer}"]
    gin_config.parse(["scrabblegan_2"], macros)
    assert gin_config.initial_models() == expected


@pytest.mark.parametrize(
    ("experiment", "free", "bound"),
    [
        (
            "graves_synthesis",
            ["StrokeTrainer.num_shards = 9", "StrokeDataset.data_dir = 'elsewhere'"],
            "StrokeTrainer.clip_norm = 9.0",
        ),
        ("reader", ["NUM_STEPS = 9", "DATA_DIR = 'a'"], "ReaderTrainer.seed = 9"),
        (
            "digits_classifier",
            ["NUM_EPOCHS = 9", "train.checkpoints_kept = 9"],
            "DigitClassifierTrainer.seed = 9",
        ),
    ],
)
def test_trainer_loop_and_data_say_what_a_resumed_run_may_change(
    experiment, free, bound
):
    gin_config.parse([experiment], [])
    before = gin_config.config_text()
    gin_config.parse([experiment], free)
    assert gin_config.differences(before, gin_config.config_text()) == []
    gin_config.parse([experiment], [*free, bound])
    (changed,) = gin_config.differences(before, gin_config.config_text())
    assert changed.startswith(bound.partition(" = ")[0])


def test_a_configuration_from_elsewhere_is_compared_without_being_parsed():
    text = (
        "import scribe.training.loop as scribe3\n\nNUM_STEPS = 5\n"
        "train.num_steps = %NUM_STEPS\ntrain.summary_every = 7\nNothing.number = 1\n"
    )
    other = text.replace("5", "6").replace("7", "8").replace("1", "2")
    assert gin_config.differences(text, other) == ["Nothing.number: 1 -> 2"]


@pytest.mark.integration
def test_where_the_data_is_may_change_whatever_data_set_reads_it():
    """Of a data set of the user's own, too, which says nothing of MAY_CHANGE."""
    old = "DATA_DIR = 'a'\nmy_dataset.data_dir = %DATA_DIR\nmy_dataset.size = 3\n"
    assert gin_config.differences(old, old.replace("'a'", "'b'")) == []
    (changed,) = gin_config.differences(old, old.replace("3", "4"))
    assert "my_dataset.size" in changed
