"""This very code as a zip, so that a job trains with what is on this machine."""

import io
import zipfile
from pathlib import Path

from scribe.foundation.gin_config import gin_folder

_ENDINGS = {".py", ".gin", ".json", ".txt"}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files always give the same bytes


def pack() -> bytes:
    """Both packages, with the gin files where an installed copy has them.

    Shipped models are not in it: no job begins with one.
    """
    package = Path(__file__).resolve().parents[2]
    files = {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": path
        for folder in (package, package.parent / "scrabblegan")
        for path in folder.rglob("*")
    }
    gin = gin_folder()
    files |= {
        f"scribe/gin_files/{path.relative_to(gin).as_posix()}": path
        for path in gin.rglob("*")
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            shipped = "pretrained/" in name or "__pycache__" in name
            if path.suffix in _ENDINGS and not shipped and path.is_file():
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return data.getvalue()
