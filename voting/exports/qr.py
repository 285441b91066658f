"""QR codes as drawings for pages and sheets."""

from __future__ import annotations

from typing import Any

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_svg(text: str) -> str:
    """Draw a code as an SVG that takes the size of its place; the text is not in it as text."""
    code: qrcode.QRCode[Any] = qrcode.QRCode(
        error_correction=qrcode.ERROR_CORRECT_M, border=2, image_factory=SvgPathImage
    )
    code.add_data(text)
    code.make(fit=True)
    side = code.modules_count + 2 * code.border
    path = "".join(
        f"M{x + code.border},{y + code.border}h1v1h-1z"
        for y, row in enumerate(code.modules)
        for x, dark in enumerate(row)
        if dark
    )
    return (
        f'<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0,0h{side}v{side}h-{side}z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )
