"""Which 32 bytes are an Ed25519 public key worth trusting (RFC 8032). Works on public values only."""

from __future__ import annotations

from typing import Final

P: Final = 2**255 - 19
D: Final = -121665 * pow(121666, P - 2, P) % P

#: The y of the two points of order 8 with even sign; the other two have its negative.
_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7

#: The y of every point whose order divides 8, whatever its sign bit: one signature by such a key fits any message.
LOW_ORDER_Y: Final = frozenset({0, 1, P - 1, _ORDER_8, P - _ORDER_8})


def weakness(encoded: bytes) -> str | None:
    """Why the point is no key to trust, or None where it is one."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    if y % P in LOW_ORDER_Y:
        return "is of low order: one signature would fit any message"
    if y >= P:
        return "is not written in its canonical form"
    # RFC 8032, 5.1.3: x^2 = (y^2 - 1) / (d y^2 + 1) must be a square
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if pow(square, (P - 1) // 2, P) != 1:
        return "is no point of the curve"
    return None
