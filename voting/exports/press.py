"""The one door to printing: a sheet's template and plain values in, a PDF out.

A template in `templates/forms/` gets its values as JSON and prints them as they stand: markup in a
name is printed, not obeyed. All words come from here, so that a sheet speaks either language.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import typst

from voting import clock, fonts
from voting.i18n import SHANGHAI, language

_HERE: Final = Path(__file__).parent.parent


def print_sheet(template: str, values: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """Print a template of `templates/forms/` as accessible PDF/A; like values, like bytes."""
    moment = (at or clock.now()).astimezone(SHANGHAI).replace(tzinfo=None)
    content = {"language": language(), **values}
    return typst.compile(
        _folder() / f"{template}.typ",
        root=_folder(),
        font_paths=list(fonts.FOLDERS),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"values": json.dumps(content, ensure_ascii=False)},
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(moment.timestamp()),
    )


def _folder() -> Path:
    # In a wheel the templates lie inside the package, in a checkout beside it.
    inside = _HERE / "templates"
    return (inside if inside.is_dir() else _HERE.parent / "templates") / "forms"
