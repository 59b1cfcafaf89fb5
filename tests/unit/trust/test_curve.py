from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policy_engine.trust.curve import LOW_ORDER_Y, D, P, weakness

Point = tuple[int, int]


def add(p: Point, q: Point) -> Point:
    # RFC 8032, 5.1.4, in affine form
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def point(y: int) -> Point:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    if root * root % P != square:
        root = root * pow(2, (P - 1) // 4, P) % P
    assert root * root % P == square
    return root, y


def encodings(y: int) -> list[bytes]:
    """Every 32 bytes that some reader takes for a point with this y."""
    return [
        (number | sign << 255).to_bytes(32, "little") for number in (y, y + P) if number < 2**255 for sign in (0, 1)
    ]


def test_eight_times_a_low_order_point_is_nothing() -> None:
    for y in LOW_ORDER_Y:
        found = point(y)
        for _ in range(3):
            found = add(found, found)
        assert found == (0, 1)


def test_no_point_of_low_order_is_left_out() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    found = set()
    for y in range(2, 80):
        try:
            rest = point(y)
        except AssertionError:
            continue
        total: Point = (0, 1)
        for bit in f"{order:b}":
            total = add(total, total)
            if bit == "1":
                total = add(total, rest)
        found.add(total[1])
    assert found == LOW_ORDER_Y


@pytest.mark.parametrize("y", sorted(LOW_ORDER_Y))
def test_every_writing_of_a_low_order_point_is_refused(y: int) -> None:
    for encoded in encodings(y):
        assert "low order" in (weakness(encoded) or "")


def test_a_y_beyond_the_prime_is_refused() -> None:
    for y in range(2, 19):
        assert weakness((y + P).to_bytes(32, "little")) is not None


def test_a_point_off_the_curve_is_refused() -> None:
    assert weakness((2).to_bytes(32, "little")) == "is no point of the curve"


def test_keys_of_the_library_are_good() -> None:
    for seed in range(200):
        key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
        assert weakness(key.public_key().public_bytes_raw()) is None
