"""What to type where a package is missing: the extra of setup.cfg that brings it."""

from pathlib import Path

PROJECT = "scribe-handwriting"
# Top-level modules -> the extra that brings them; NumPy alone comes with the project.
EXTRAS = {
    **dict.fromkeys(("anyascii", "cv2", "gin", "matplotlib", "PIL", "scipy"), "write"),
    **dict.fromkeys(("threadpoolctl", "tqdm"), "write"),
    **dict.fromkeys(("keras", "tensorboard", "tensorflow"), "train"),
    **dict.fromkeys(("tensorflow_probability", "tf_keras"), "probability"),
    **dict.fromkeys(("HersheyFonts",), "synthetic"),
    **dict.fromkeys(("fontTools", "shapely"), "font"),
    **dict.fromkeys(("svgelements",), "svg"),
    **dict.fromkeys(("ezdxf",), "cad"),
    **dict.fromkeys(("click", "vpype", "vpype_cli"), "vpype"),
    **dict.fromkeys(("jiwer", "rapidfuzz"), "evaluation"),
    **dict.fromkeys(("apache_beam",), "beam"),
    **dict.fromkeys(("wordfreq", "pyarrow", "lmdb"), "dataset"),
    **dict.fromkeys(("fastapi", "h11", "pydantic", "starlette", "uvicorn"), "web"),
    **dict.fromkeys(("google",), "vertex"),
    **dict.fromkeys(("ai_edge_litert", "onnx", "onnxruntime", "tf2onnx"), "export"),
}
# Too large for everybody, so not in requirements.txt.
APART = ("beam", "vertex")
REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"


def command(module: str) -> str:
    """What installs the top-level module `module`, in a clone or after pip install."""
    extra = EXTRAS.get(module)
    brackets = f"[{extra}]" if extra else ""
    if not REQUIREMENTS.is_file():
        return f'pip install "{PROJECT}{brackets}"'
    if extra in APART:
        return f'pip install ".{brackets}"'
    return "pip install -r requirements.txt"


def sentence(module: str, name: str = "") -> str:
    """Says that a module is missing, and what installs it.

    Args:
      module: its top-level name, as it is imported.
      name: what its users call it, where that is something else.
    """
    return f"this needs {name or module}, which is not installed: {command(module)}"
