"""A corpus in the layout of IAM-OnDB, made here, with each of its known flaws."""

import tarfile

TEXTS = {
    "a01-000u": ["A MOVE to stop Mr . Green", "from doing more harm"],
    "a01-000x": ["A MOVE to stop", "Mr. Green from"],
    "b02-010": ["where the # word is", "readable words here"],
    "c03-020z": ["one two three %%%%%% four", "five six seven"],
    "d04-030": ["line without a place"],
    "e05-040": ["short words in", "a line that is long", "for this form", "ab"],
    "z01-000z": ["Please Enter Transcription here"],
}
NUM_LINES = {"c03-020z": 3, "z01-000z": 2}  # of those with more lines than texts
SPLIT_LISTS = {  # the real lists have a blank before each form, too
    "trainset.txt": " a01-000u\n b02-010\n c03-020z\n e05-040\n",
    "testset_t.txt": " a01-000x\n",
    "testset_v.txt": "",
    "testset_f.txt": " z01-000z\n",
}
POINTS_PER_CHARACTER = 10
SECONDS_PER_POINT = 0.02


def line_xml(num_points: int, offset: int = 0) -> str:
    """A zigzag in strokes of at most 25 points."""
    strokes = []
    for start in range(0, num_points, 25):
        points = "\n".join(
            f'      <Point x="{offset + 3 * i}" y="{100 + 40 * (i % 3)}" '
            f'time="{7.0 + i * SECONDS_PER_POINT:.2f}"/>'
            for i in range(start, min(start + 25, num_points))
        )
        strokes.append(f'    <Stroke colour="black">\n{points}\n    </Stroke>')
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<WhiteboardCaptureSession>\n'
        '  <WhiteboardDescription>\n    <SensorLocation corner="top_left"/>\n'
        "  </WhiteboardDescription>\n  <StrokeSet>\n"
        + "\n".join(strokes)
        + "\n  </StrokeSet>\n</WhiteboardCaptureSession>\n"
    )


def write(folder, with_split_lists=True):
    """Writes the corpus as folders below `folder`, which it returns.

    `e05-040-04` has far too many points for its text, `d04-030` is in no list and the
    XML of `a01-000x-02` is cut off.
    """
    for form, texts in TEXTS.items():
        base = form.rstrip("uxz")
        text_path = folder / "ascii" / form[:3] / base / f"{form}.txt"
        text_path.parent.mkdir(parents=True, exist_ok=True)
        content = "OCR:\n\nother line breaks here\n\nCSR: \n\n" + " \n".join(texts)
        text_path.write_bytes((content + "\n").replace("\n", "\r\n").encode("latin-1"))
        for number in range(1, NUM_LINES.get(form, len(texts)) + 1):
            text = texts[number - 1] if number <= len(texts) else "unknown words"
            xml = line_xml(POINTS_PER_CHARACTER * len(text), offset=1000 * number)
            if (form, number) == ("e05-040", 4):
                xml = line_xml(60 * len(text))
            if (form, number) == ("a01-000x", 2):
                xml = xml[: len(xml) // 2]
            xml_path = folder / "lineStrokes" / form[:3] / base
            xml_path.mkdir(parents=True, exist_ok=True)
            (xml_path / f"{form}-{number:02d}.xml").write_text(xml)
    if with_split_lists:
        write_split_lists(folder)
    return folder


def write_split_lists(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in SPLIT_LISTS.items():
        (folder / name).write_text(content)


def archive(folder, path, names=("lineStrokes", "ascii")):
    """Packs folders of `folder` into the tar archive `path`, which it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, f"w:{path.suffix[1:].replace('tgz', 'gz')}") as tar:
        for name in names:
            tar.add(folder / name, name)
    return path
