"""The second proof: an authenticator's digits, a passkey, or a code kept on paper."""

from __future__ import annotations

import hmac
from base64 import b32encode
from dataclasses import dataclass
from typing import Final

import pyotp
import webauthn
from sqlalchemy import delete, select
from webauthn.helpers import structs
from webauthn.helpers.exceptions import WebAuthnException

from voting import clock
from voting.db import Tx
from voting.models.people import Passkey, RecoveryCode, SignInStep, Totp, User
from voting.services.people import sealing

RECOVERY_CODES: Final = 10
_STEP_SECONDS: Final = 30
_CODE_GROUPS: Final = 3
_SECRET_BYTES: Final = 20


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """What an authenticator is shown: the secret in letters and the address in the picture."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has as a second proof."""

    has_totp: bool
    passkeys: tuple[tuple[int, str], ...]
    recovery_codes: int


def read_factors(tx: Tx, user_id: int) -> Factors:
    """Tell what somebody can prove themselves with."""
    keys = tx.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id))
    unused = select(RecoveryCode.id).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return Factors(
        has_totp=tx.get(Totp, user_id) is not None,
        passkeys=tuple((key.id, key.label) for key in keys),
        recovery_codes=len(tx.scalars(unused).all()),
    )


def offer_totp(tx: Tx, step: SignInStep) -> TotpOffer:
    """Make the secret to offer; it follows from the step, so nothing is kept before it is used."""
    secret = b32encode(_offered(tx, step)).decode()
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=step.user.login, issuer_name=tx.settings.hostname
    )
    return TotpOffer(secret, uri)


def accept_totp(tx: Tx, step: SignInStep, digits: str) -> bool:
    """Keep the offered secret if the digits prove that the authenticator has it."""
    secret = _offered(tx, step)
    used = _matching_step(secret, digits, after=0)
    if used is None:
        return False
    tx.execute(delete(Totp).where(Totp.user_id == step.user_id))
    sealed = sealing.seal(tx.settings, f"totp/{step.user_id}", secret)
    row = Totp(user_id=step.user_id, sealed=sealed, last_step=used, confirmed_at=clock.now())
    tx.add(row)
    tx.flush()
    return True


def check_totp(tx: Tx, user_id: int, digits: str) -> bool:
    """Compare the digits with those of now and of the neighbours; each serves once."""
    row = tx.get(Totp, user_id, with_for_update=True)
    if row is None:
        return False
    secret = sealing.unseal(tx.settings, f"totp/{user_id}", row.sealed)
    used = _matching_step(secret, digits, after=row.last_step)
    if used is None:
        return False
    row.last_step = used
    return True


def offer_passkey(tx: Tx, step: SignInStep) -> str:
    """Give the browser what it needs to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=tx.settings.hostname,
        rp_name=tx.settings.hostname,
        user_id=str(step.user_id).encode(),
        user_name=step.user.login,
        user_display_name=step.user.name,
        challenge=step.challenge,
        exclude_credentials=_known(tx, step.user),
    )
    return webauthn.options_to_json(options)


def accept_passkey(tx: Tx, step: SignInStep, answer: str, *, label: str) -> bool:
    """Keep a passkey that was made for this step."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=step.challenge,
            expected_rp_id=tx.settings.hostname,
            expected_origin=tx.settings.base_url,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    known = select(Passkey.id).where(Passkey.credential == made.credential_id)
    if tx.scalar(known) is not None:
        return False
    tx.add(
        Passkey(
            user_id=step.user_id,
            credential=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            label=label[:64],
            created_at=clock.now(),
        )
    )
    tx.flush()
    return True


def ask_passkey(tx: Tx, step: SignInStep) -> str:
    """Give the browser what it needs to prove a passkey, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=tx.settings.hostname,
        challenge=step.challenge,
        allow_credentials=_known(tx, step.user),
    )
    return webauthn.options_to_json(options)


def check_passkey(tx: Tx, step: SignInStep, answer: str) -> bool:
    """Check a passkey's proof for this step."""
    try:
        used = webauthn.helpers.parse_authentication_credential_json(answer)
        wanted = (Passkey.credential == used.raw_id) & (Passkey.user_id == step.user_id)
        key = tx.scalar(select(Passkey).where(wanted).with_for_update())
        if key is None:
            return False
        proved = webauthn.verify_authentication_response(
            credential=used,
            expected_challenge=step.challenge,
            expected_rp_id=tx.settings.hostname,
            expected_origin=tx.settings.base_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    key.sign_count, key.used_at = proved.new_sign_count, clock.now()
    return True


def new_recovery_codes(tx: Tx, user_id: int) -> tuple[str, ...]:
    """Replace all codes on paper by new ones, which are shown once."""
    tx.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = tuple(sealing.new_code(_CODE_GROUPS) for _ in range(RECOVERY_CODES))
    for code in codes:
        hashed = sealing.digest(tx.settings, "recovery", code)
        tx.add(RecoveryCode(user_id=user_id, code_hash=hashed))
    tx.flush()
    return codes


def check_recovery_code(tx: Tx, user_id: int, typed: str) -> bool:
    """Use a code from paper up."""
    hashed = sealing.digest(tx.settings, "recovery", sealing.tidy_code(typed))
    wanted = (RecoveryCode.code_hash == hashed) & (RecoveryCode.user_id == user_id)
    code = tx.scalar(select(RecoveryCode).where(wanted).with_for_update())
    if code is None or code.used_at is not None:
        return False
    code.used_at = clock.now()
    return True


def _offered(tx: Tx, step: SignInStep) -> bytes:
    purpose = f"totp-offer/{step.user_id}/{step.challenge.hex()}"
    return sealing.derive(tx.settings, purpose)[:_SECRET_BYTES]


def _matching_step(secret: bytes, digits: str, *, after: int) -> int | None:
    typed = "".join(digits.split())
    now = int(clock.now().timestamp()) // _STEP_SECONDS
    authenticator = pyotp.TOTP(b32encode(secret).decode())
    for step in (now, now - 1, now + 1):
        expected = authenticator.generate_otp(step)
        if hmac.compare_digest(expected.encode(), typed.encode()) and step > after:
            return step
    return None


def _known(tx: Tx, user: User) -> list[structs.PublicKeyCredentialDescriptor]:
    keys = tx.scalars(select(Passkey.credential).where(Passkey.user_id == user.id))
    return [structs.PublicKeyCredentialDescriptor(id=key) for key in keys]
