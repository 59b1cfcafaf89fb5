from __future__ import annotations

import base64
import hashlib
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x25519

from policy_engine.errors import KeyFileError, UsageError
from policy_engine.trust import generate, load_private, load_public, save
from policy_engine.trust.codes import CODES
from policy_engine.trust.encryption import ROUNDS
from policy_engine.trust.keys import MAX_KEY_BYTES, parse_public

SPKI = bytes.fromhex("302a300506032b6570032100")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def public_pem(key: object) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined, no-any-return]


def private_pem(key: object) -> bytes:
    return key.private_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def refusal(path: Path, *, secret: bool = False, passphrase: bytes | None = None) -> KeyFileError:
    with pytest.raises(KeyFileError) as caught:
        load_private(path, passphrase) if secret else load_public(path)
    assert caught.value.code in CODES
    return caught.value


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("passphrase", [None, b"correct horse", "pässword".encode(), b"x" * 500])
def test_a_pair_survives_its_files(tmp_path: Path, passphrase: bytes | None) -> None:
    key = generate()
    private, public = save(key, tmp_path / "new" / "folder", "council", passphrase)
    assert (private.name, public.name) == ("council.key", "council.pub")
    assert load_private(private, passphrase) == key
    assert load_public(public) == key.public
    assert load_private(private, passphrase).sign(b"m") == key.sign(b"m")
    assert sorted(path.name for path in private.parent.iterdir()) == ["council.key", "council.pub"]


def test_only_the_owner_reads_the_private_key(tmp_path: Path) -> None:
    private, public = save(generate(), tmp_path, "a")
    assert mode(private) == 0o600
    assert mode(public) & 0o444


def test_the_id_is_the_digest_of_the_der_key() -> None:
    key = generate().public
    assert key.id == hashlib.sha256(SPKI + key.raw).hexdigest()
    assert parse_public(SPKI + key.raw, "x") == key
    assert base64.b64encode(SPKI + key.raw) in key.pem.replace(b"\n", b"")


def test_a_key_signs_and_only_that_fits() -> None:
    key, other = generate(), generate()
    signature = key.sign(b"message")
    assert key.public.has_signed(b"message", signature)
    assert not key.public.has_signed(b"messages", signature)
    assert not other.public.has_signed(b"message", signature)
    assert not key.public.has_signed(b"message", b"")


def test_a_private_key_shows_nothing_of_itself(tmp_path: Path) -> None:
    key = generate()
    private, _ = save(key, tmp_path, "a")
    secret = private.read_bytes().split(b"\n")[1].decode()
    raw = base64.b64decode(secret)[-32:]
    for shown in (repr(key), str(key), f"{key!r} {key.public!r}", str(refusal(private))):
        assert secret not in shown
        assert raw.hex() not in shown
        assert repr(raw)[2:-1] not in shown


def test_an_encrypted_key_has_many_rounds_and_its_own_salt(tmp_path: Path) -> None:
    key = generate()
    texts = {save(key, tmp_path, name, b"secret")[0].read_bytes() for name in ("a", "b")}
    assert len(texts) == 2
    for text in texts:
        assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        der = base64.b64decode(b"".join(text.split(b"\n")[1:-2]))
        assert ROUNDS.to_bytes(3, "big") in der


@pytest.mark.parametrize("passphrase", [None, b"", b"wrong"])
def test_an_encrypted_key_needs_its_passphrase(tmp_path: Path, passphrase: bytes | None) -> None:
    private, _ = save(generate(), tmp_path, "a", b"secret")
    assert refusal(private, secret=True, passphrase=passphrase).code == "TRU005"


def test_an_empty_passphrase_is_none(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="empty"):
        save(generate(), tmp_path, "a", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_for_a_key_without_one_does_no_harm(tmp_path: Path) -> None:
    key = generate()
    private, _ = save(key, tmp_path, "a")
    assert load_private(private, b"unused") == key


@pytest.mark.parametrize("name", ["a.key", "a.pub"])
def test_keys_are_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(KeyFileError, match="exists already") as caught:
        save(generate(), tmp_path, "a")
    assert caught.value.code == "TRU007"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


@pytest.mark.parametrize("name", ["a.key", "a.pub"])
def test_keys_are_not_written_through_symbolic_links(tmp_path: Path, name: str) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / name).symlink_to(target)
    with pytest.raises(KeyFileError, match="symbolic link"):
        save(generate(), tmp_path, "a")
    assert not target.exists()


def test_half_a_pair_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    real = os.link

    def link(source: Path, target: Path) -> None:
        if target.suffix == ".pub":
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(KeyFileError, match="No space left") as caught:
        save(generate(), tmp_path, "a")
    assert caught.value.code == "TRU008"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", "a/b", "../a", "-x", ".hidden", "a b", "a\n", "x" * 101, "é"])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        save(generate(), tmp_path, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_private_key_that_others_can_use_is_refused(tmp_path: Path, bits: int) -> None:
    private, _ = save(generate(), tmp_path, "a")
    private.chmod(bits)
    found = refusal(private, secret=True)
    assert (found.code, f"chmod 600 {private}" in found.help) == ("TRU006", True)


def test_one_kind_of_key_in_the_place_of_the_other_is_said(tmp_path: Path) -> None:
    private, public = save(generate(), tmp_path, "a")
    hidden, _ = save(generate(), tmp_path, "b", b"secret")
    public.chmod(0o600)
    assert "private key where a public one" in str(refusal(private))
    assert "private key where a public one" in str(refusal(hidden))
    assert "signing needs the private one" in str(refusal(public, secret=True))


@pytest.mark.parametrize(
    ("key", "named"),
    [
        (rsa.generate_private_key(65537, 2048), "RSA of 2048 bits"),
        (ec.generate_private_key(ec.SECP256R1()), "EC of 256 bits"),
        (ed448.Ed448PrivateKey.generate(), "Ed448"),
        (x25519.X25519PrivateKey.generate(), "X25519"),
    ],
)
def test_another_algorithm_is_refused_by_its_name(tmp_path: Path, key: rsa.RSAPrivateKey, named: str) -> None:
    public = refusal(write(tmp_path / "a.pub", public_pem(key.public_key())))
    private = refusal(write(tmp_path / "a.key", private_pem(key)), secret=True)
    for found in (public, private):
        assert found.code == "TRU003"
        assert named in str(found)


def test_a_weak_public_key_is_refused(tmp_path: Path) -> None:
    for raw in (bytes(32), b"\x01" + bytes(31), b"\x02" + bytes(31)):
        key = ed25519.Ed25519PublicKey.from_public_bytes(raw)
        assert refusal(write(tmp_path / "a.pub", public_pem(key))).code == "TRU004"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"ssh-ed25519 AAAA",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"0" * (MAX_KEY_BYTES + 1),
        SPKI,
        SPKI + bytes(33),
    ],
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "a", content)
    assert refusal(path).code == "TRU001"
    assert refusal(path, secret=True).code in {"TRU001", "TRU002"}


def test_two_keys_in_one_file_are_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "a.pub", generate().public.pem * 2)).code == "TRU001"


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "No such file" in str(refusal(tmp_path / "none"))
    assert "Is a directory" in str(refusal(tmp_path))
