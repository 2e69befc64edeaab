"""Whole files, changed by chance: each reader reads them or says what is wrong."""

import pytest
from attacks import held, mutations
from readers import READERS

QUICK, MANY = 12, 150  # changed files of each kind


def fallen(reader, folder, count: int, seed: int) -> list[str]:
    """What happened to the attacks that fell."""
    reader.make(folder)
    reader.read(folder)
    found = []
    for target in reader.targets:
        path = folder / target
        whole = path.read_bytes()
        for number, data in enumerate(mutations(whole, count, seed)):
            path.write_bytes(data)
            fell = held(f"changed files: {reader.area}", lambda: reader.read(folder))
            if fell:
                found.append(f"{target}, change {number}: {fell}")
        path.write_bytes(whole)
    return found


@pytest.mark.unit
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_changed_file_is_read_or_refused_in_a_sentence(reader, tmp_path):
    assert fallen(reader, tmp_path, QUICK, seed=1) == []


@pytest.mark.slow
@pytest.mark.property
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_many_changed_files_are_read_or_refused_in_a_sentence(reader, tmp_path):
    assert fallen(reader, tmp_path, MANY, seed=2) == []
