"""Draws the pictures of README.md and docs/use from the weights that ship.

  python docs/images/draw.py                 all of them
  python docs/images/draw.py letter.png pen.gif

Texts and seeds stand here. A picture is drawn once: nothing is chosen among several.
What a single command draws is that command, so a reader can repeat it. The picture of
the web page needs playwright and a Chromium (SCRIBE_BROWSER names another one).
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAPER = 255
NAVY = "--ink=#1c2f66"

LETTER = ("letter.txt", "--style=neat", NAVY, "--paper=160x128mm", "--margins=8")
LETTER += ("--line_height_mm=6.8", "--seed=0", "--dpi=150")
LANGUAGES = ("languages.txt", "--style=print", NAVY, "--paper=120x82mm")
LANGUAGES += ("--margins=6", "--line_height_mm=8.6", "--seed=0", "--dpi=150")
PEN = ("--text=The pen writes while you watch.", "--style=joined", NAVY)
PEN += ("--seed=0", "--size_mm=11")
QUILL = ("ink.txt", "--ink_model=ink_gw", "--paper=120x80mm", "--margins=8")
QUILL += ("--line_height_mm=9", "--style=wide", "--seed=0")

ON_A5 = (
    "letter.txt",
    "--rule=lines",
    NAVY,
    "--seed=3",
    "--paper=a5",
    "--line_height_mm=8",
)
MARKS = ("marks.txt", "--markup=markdown", "--header=Page {page} of {pages}")
MARKS += (
    NAVY,
    "--paper=a5",
    "--line_height_mm=8",
    "--seed=0",
    "--style=round",
    "--dpi=100",
)
SLIPS = ("letter.txt", "--slips=3", "--indent_mm=8", NAVY, "--paper=a5", "--seed=0")
SLIPS += ("--style=neat", "--dpi=100", "--line_height_mm=8")

CHARACTERS = [
    " ".join(row)
    for row in (
        *("ABCDEFGHIJKLM", "NOPQRSTUVWXYZ", "abcdefghijklm", "nopqrstuvwxyz"),
        *("0123456789", "!\"#$%&'()*+,-", "./:;<=>?@", "[\\]^_`{|}~"),
    )
]
SENTENCES = (
    "A line of handwriting, as a pen would draw it.",
    "Monday, 14 December 2026, at 10:45",
    "12 boxes at $7.95 each come to $95.40.",
    "Ada Byron, 12 St James's Square, London",
    "Nobody has ever written this by hand.",
)
FOX = "--text=The quick brown fox jumps over 13 lazy dogs."
BIASES = [(FOX, f"--bias={bias}", "--seed=0") for bias in ("0.5", "1", "2")]
HALVES = ("--text=Half of one hand, half of another.", "--style=round")
HALVES += ("--style_to=slanted", "--seed=0")
MIXTURES = [(*HALVES, f"--mix={mix}") for mix in ("0", "0.25", "0.5", "0.75", "1")]
WORDS = (
    ("--text=words of any length", "--num_samples=4", "--seed=0"),
    ("--text=handwriting", "--seed=1", "--style_to=5"),
)
TEXTS = ROOT / "scribe/evaluation/legibility_texts.txt"
DRAWN = "What I draw once with a pen"


def run(module: str, *arguments: str, folder: Path = HERE, **variables: str) -> None:
    """`python -m module arguments` in a folder, shown as it is run."""
    print("python -m", module, *arguments, flush=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def texts(sentences) -> list[str]:
    return [f"--text={sentence}" for sentence in sentences]


def grey(path: Path) -> np.ndarray:
    """[H, W] uint8."""
    return np.asarray(Image.open(path).convert("L"))


def stacked(images: list[np.ndarray], gap: int = 12) -> np.ndarray:
    """Images below each other on white, each at the left."""
    width = max(image.shape[1] for image in images)
    rows = []
    for image in images:
        beside = np.full([image.shape[0], width - image.shape[1]], PAPER, np.uint8)
        rows += [np.hstack([image, beside]), np.full([gap, width], PAPER, np.uint8)]
    return np.vstack(rows[:-1])


def in_rows(images: list[np.ndarray], width: int, gap: int = 12) -> np.ndarray:
    """Images of one height side by side in rows that are at most `width` wide."""
    rows, row = [], []
    for image in images:
        used = sum(each.shape[1] + gap for each in row) + image.shape[1]
        if row and used > width:
            rows.append(row)
            row = []
        row.append(image)
    rows.append(row)
    side = [np.full([images[0].shape[0], gap], PAPER, np.uint8)]
    return stacked([np.hstack(sum(([i] + side for i in row), [])) for row in rows])


def page(*arguments: str) -> Callable[[Path], None]:
    def draw(output: Path) -> None:
        output.unlink(missing_ok=True)
        run("scribe.write_page", *arguments, f"--output={output}", "--quiet")
        if not output.is_file():
            raise SystemExit(f"{output.name} has more than one page")

    return draw


def lines(*arguments: str) -> Callable[[Path], None]:
    def draw(output: Path) -> None:
        run("scribe.sample", *arguments, f"--output={output}")

    return draw


def side_by_side(*pages: tuple[str, ...]) -> Callable[[Path], None]:
    """Pages by scribe.write_page, of one size."""

    def draw(output: Path) -> None:
        with tempfile.TemporaryDirectory() as name:
            drawn = []
            for i, options in enumerate(pages):
                path = Path(name) / f"{i}.png"
                run("scribe.write_page", *options, f"--output={path}", "--quiet")
                drawn.append(np.asarray(Image.open(path).convert("RGB")))
        Image.fromarray(np.hstack(drawn)).save(output)

    return draw


def pictures(module: str, runs: Iterable[tuple[str, ...]]) -> list[np.ndarray]:
    """What a command draws with each of several sets of options."""
    with tempfile.TemporaryDirectory() as name:
        drawn = []
        for i, options in enumerate(runs):
            path = Path(name) / f"{i}.png"
            run(module, *options, f"--output={path}")
            drawn.append(grey(path))
    return drawn


def below(module: str, *runs: tuple[str, ...], gap: int = 12) -> Callable[[Path], None]:
    """Pictures of one command below each other."""

    def draw(output: Path) -> None:
        Image.fromarray(stacked(pictures(module, runs), gap)).save(output)

    return draw


def characters(output: Path) -> None:
    """All 95 printable ASCII characters by eight seeds, two beside each other."""
    seeds = ((*texts(CHARACTERS), f"--seed={seed}") for seed in range(8))
    hands = [Image.fromarray(hand) for hand in pictures("scribe.sample", seeds)]
    half = [hand.resize((hand.width // 2, hand.height // 2)) for hand in hands]
    size = max(hand.width for hand in half), max(hand.height for hand in half)
    cells = []
    for hand in half:
        cell = Image.new("L", size, PAPER)
        cell.paste(hand)
        cells.append(np.asarray(cell))
    rows = [np.hstack(cells[i : i + 2]) for i in range(0, 8, 2)]
    Image.fromarray(stacked(rows, gap=40)).save(output)


def own_hand(output: Path) -> None:
    """A line that the network drew into an SVG, without times, stands for a drawing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hand = {"folder": folder, "SCRIBE_STYLES": str(folder / "styles")}
        drawn = (f"--text={DRAWN}", "--style=seed:5", "--ink=black")
        run("scribe.sample", *drawn, "--output=drawing.svg", **hand)
        run("scribe.sample", *drawn, "--output=0.png", **hand)
        add = ("add", "mine", "--from=drawing.svg", f"--text={DRAWN}")
        run("scribe.style", *add, **hand)
        written = texts(["And this in the same hand,", "as often as you like."])
        mine = ("--style=mine", NAVY, "--seed=0", "--output=1.png")
        run("scribe.sample", *written, *mine, **hand)
        parts = [Image.open(folder / f"{i}.png").convert("RGB") for i in (0, 1)]
    sheet = Image.new(
        "RGB", (max(p.width for p in parts), sum(p.height for p in parts))
    )
    sheet.paste("white", (0, 0, *sheet.size))
    sheet.paste(parts[0], (0, 0))
    sheet.paste(parts[1], (0, parts[0].height))
    sheet.save(output)


def tuned_hand(output: Path) -> None:
    """A hand is learnt for it, which takes minutes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, HERE / "tuned_hand.py", output]
    subprocess.run(command, env=environment, check=True)


def dataset_words(output: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "words"
        gin = (
            "Recipe.texts = @TextFiles()",
            f"TextFiles.paths = ['{TEXTS.as_posix()}']",
            "TextFiles.words_at_once = 1",
        )
        bindings = [f"--gin_param={binding}" for binding in gin]
        number = ("--num_samples=60", "--seed=0")
        run("scribe.dataset", *number, *bindings, f"--output={folder}")
        words = [grey(path) for path in sorted(folder.glob("train/**/*.png"))[:40]]
    Image.fromarray(in_rows(words, width=900)).save(output)


def web_page(output: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    browser_path = os.environ.get("SCRIBE_BROWSER") or next(filter(None, found), None)
    command = [sys.executable, "-m", "scribe.serve", "--port=0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox"]
            )
            page = browser.new_page(
                viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
            )
            page.goto(address)
            page.get_by_label("Text").fill("Dear Ada,\n\nthe engine writes again.")
            page.get_by_role("button", name="Write", exact=False).first.click()
            greeting = "Handwriting: Dear Ada, the engine writes again."
            expect(page.locator("#paper")).to_have_attribute("aria-label", greeting)
            expect(page.locator("#status")).to_have_text("Written.", timeout=60_000)
            page.screenshot(path=output)
            browser.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


PICTURES = {
    "letter.png": page(*LETTER),
    "pen.gif": lines(*PEN),
    "own_hand.png": own_hand,
    "tuned_hand.png": tuned_hand,
    "languages.png": page(*LANGUAGES),
    "ink_gw.png": page(*QUILL),
    "dataset_words.png": dataset_words,
    "words.png": below("scrabblegan.sample", *WORDS, gap=24),
    "web_desktop.png": web_page,
    "writing.png": lines(*texts(SENTENCES), "--best_of=4", "--seed=0"),
    "biases.png": below("scribe.sample", *BIASES),
    "characters.png": characters,
    "letters.png": side_by_side(
        (*ON_A5, "--style=slanted", "--dpi=100"), (*ON_A5, "--style=wide", "--dpi=100")
    ),
    "letter.pdf": page(*ON_A5, "--style=slanted", "--pressure=0"),
    "letter_seed.png": page(
        "letter.txt", "--paper=a5", "--line_height_mm=8", "--seed=8", "--dpi=100"
    ),
    "marks.png": side_by_side(MARKS, SLIPS),
    "styles_mixed.png": below("scribe.sample", *MIXTURES),
    "attention.png": lines("--text=Where it looks.", "--plot=attention", "--seed=0"),
    "density.png": lines("--text=under a pen", "--plot=density", "--seed=0"),
}


def small(path: Path) -> None:
    """Keeps a PNG in at most 64 colours, which handwriting does not show."""
    if path.suffix == ".png":
        image = Image.open(path).convert("RGB")
        image.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def main(names: list[str]) -> int:
    unknown = set(names) - set(PICTURES)
    if unknown:
        print(f"draws {', '.join(PICTURES)}, not {', '.join(unknown)}", file=sys.stderr)
        return 2
    for name in names or PICTURES:
        PICTURES[name](HERE / name)
        small(HERE / name)
        print(f"{name}: {(HERE / name).stat().st_size // 1000} kB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
