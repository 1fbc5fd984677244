"""Recordings that other tools made, read into sealed sessions; and sealed sessions, written for other
tools."""

from wraith.interchange._detect import AUTO, FORMATS
from wraith.interchange._entry import LeftOut
from wraith.interchange._export import Exported, export_har
from wraith.interchange._import import import_files
from wraith.interchange._report import Imported, ImportedFile, Mended

__all__ = [
    "AUTO",
    "FORMATS",
    "Exported",
    "Imported",
    "ImportedFile",
    "LeftOut",
    "Mended",
    "export_har",
    "import_files",
]
