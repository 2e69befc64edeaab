"""`vpype handwriting`, in pipelines as its users write them."""

import configparser
import importlib

import click
import numpy as np
import pytest
from repository import ROOT
from writing_samples import saved

vpype = pytest.importorskip("vpype", reason="the plug-in is for vpype")
vpype_cli = pytest.importorskip("vpype_cli", reason="the plug-in is for vpype")
pytestmark = pytest.mark.integration

MM = vpype.convert_length("1mm")


@pytest.fixture(scope="module", autouse=True)
def registered():
    """The command that setup.cfg names, as vpype itself would load it."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    line = settings["options.entry_points"]["vpype.plugins"].strip()
    name, _, target = line.partition(" = ")
    module, _, attribute = target.partition(":")
    command = getattr(importlib.import_module(module), attribute)
    vpype_cli.cli.add_command(command)
    assert command.name == name == "handwriting"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "text"
    saved(folder)
    return folder


def executed(pipeline: str, model) -> "vpype.Document":
    return vpype_cli.execute(f"handwriting --model {model} --best-of 1 {pipeline}")


def box(document):
    left, top, right, bottom = (side / MM for side in document.bounds())
    return left, top, right, bottom


def test_text_becomes_lines_that_vpype_sorts_and_writes(model, tmp_path):
    executed(f"'so it is' linemerge linesort write {tmp_path}/a.svg", model)
    lines, width, height = vpype.read_svg(str(tmp_path / "a.svg"), 0.1)
    assert len(lines) > 3
    left, top, right, bottom = (side / MM for side in lines.bounds())
    assert 2 < right - left < 60 and 2 < bottom - top < 20


def test_wrapped_text_keeps_to_its_width_and_takes_more_lines(model):
    text = "'so the wind kept turning all the pages of my book in the garden'"
    one, wrapped = executed(text, model), executed(f"--wrap 3cm {text}", model)
    assert box(one)[2] > 35 > 30 >= box(wrapped)[2] - box(wrapped)[0]
    assert box(wrapped)[3] - box(wrapped)[1] > box(one)[3] - box(one)[1] + 5


def test_the_size_scales_the_writing(model):
    small, large = (executed(f"-s {s} 'so it is'", model) for s in ("5mm", "10mm"))
    ratio = np.ptp(box(large)[0::2]) / np.ptp(box(small)[0::2])
    assert ratio == pytest.approx(2, rel=0.05)


def test_it_has_a_layer_and_expressions_as_other_commands_have(model):
    found = executed("-l 3 '%1+1% books'", model)
    assert list(found.layers) == [3]


@pytest.mark.parametrize("options", ["--style nobody 'so'", "-s -1mm 'so'", "'π'"])
def test_what_cannot_be_written_is_said_in_a_sentence(model, options):
    with pytest.raises(click.ClickException) as caught:
        executed(options, model)
    assert "\n" not in caught.value.message
