from __future__ import annotations

from collections import Counter

from attestation.samples import EVALUATED, GLOBAL, KEY, KEYRING, PRODUCT, SMALL
from policy_engine.attestation import Conclusion, examine, sign

ENVELOPE = sign(SMALL, KEY, time_evaluated=EVALUATED, global_files=GLOBAL)


def conclusion(envelope: bytes) -> tuple[Conclusion, str | None]:
    done = examine(envelope, KEYRING, product=PRODUCT, global_files=GLOBAL)
    return done.conclusion, done.decisive.code if done.decisive else None


def test_the_envelope_itself_verifies() -> None:
    assert conclusion(ENVELOPE) == (Conclusion.VERIFIED, None)


def test_every_single_bit_flip_is_refused() -> None:
    codes: Counter[str | None] = Counter()
    for index in range(len(ENVELOPE)):
        for bit in range(8):
            flipped = bytearray(ENVELOPE)
            flipped[index] ^= 1 << bit
            found, code = conclusion(bytes(flipped))
            assert found is Conclusion.REFUSED, (index, bit)
            codes[code] += 1
    assert sum(codes.values()) == 8 * len(ENVELOPE)
    assert set(codes) == {f"ATT00{number}" for number in range(2, 8)}


def test_every_byte_left_out_or_doubled_is_refused() -> None:
    for index in range(len(ENVELOPE)):
        head, tail = ENVELOPE[:index], ENVELOPE[index:]
        assert conclusion(head + tail[1:])[0] is Conclusion.REFUSED
        assert conclusion(head + tail[:1] + tail)[0] is Conclusion.REFUSED
        assert conclusion(head)[0] is Conclusion.REFUSED
