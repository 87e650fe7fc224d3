"""Shapes checked YAML into a Project: names are resolved, templates and paths parsed, once.

Every fault of every file is found in one go; one fault never hides another, and a thing that
is broken where it is declared is not reported again where it is used.
"""

from __future__ import annotations

from cactions.logic.project.loader import LoadedProject, load_project
from cactions.logic.project.source_file import SourceFile

__all__ = ["LoadedProject", "SourceFile", "load_project"]
