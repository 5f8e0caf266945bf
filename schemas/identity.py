"""The wire of identity: signing in, one's own account, consent."""

from marshmallow import fields

from schemas.fields import Choice, Flag, Instant, Part, Pattern, PlainText, Uuid, WholeNumber, Wire

TOKEN_CHARACTERS_MAX = 4_096


class OperatorSignInIn(Wire):
    """Login and password of an operator."""

    login = PlainText(max_length=64, required=True)
    password = PlainText(max_length=128, required=True)


class OperatorOut(Wire):
    """An operator."""

    login = PlainText(max_length=32)
    role = Choice("system", "operations", "audit")


class OperatorSignInOut(Wire):
    """A browser that is signed in: the session is in the cookie, changes send csrf_token back as X-CSRF-Token."""

    outcome = Choice("done")
    operator = Part(OperatorOut)
    csrf_token = PlainText(max_length=64)
    expires_at = Instant()


class SendCodeIn(Wire):
    """Where to send a sign-in code."""

    phone = PlainText(max_length=32, required=True)


class SendCodeOut(Wire):
    """A code is on its way; the same answer for every phone."""

    outcome = Choice("done")
    expires_in_s = WholeNumber()
    resend_after_s = WholeNumber()
    address_limit = Choice("applied", "exempt_in_development")


class SignInIn(Wire):
    """A phone and the code it received."""

    phone = PlainText(max_length=32, required=True)
    code = Pattern("[0-9]{6}", required=True)


class CitizenOut(Wire):
    """A citizen as they see themselves."""

    citizen_id = WholeNumber()
    phone_mask = PlainText(max_length=16)
    created_at = Instant()


class SignedInCitizenOut(CitizenOut):
    """A citizen who has just signed in; ``new`` when that made the account."""

    new = Flag()


class TokensOut(Wire):
    """What a device holds from now on."""

    outcome = Choice("done")
    access_token = PlainText(max_length=TOKEN_CHARACTERS_MAX)
    refresh_token = PlainText(max_length=TOKEN_CHARACTERS_MAX)
    expires_in_s = WholeNumber()


class SignInOut(TokensOut):
    """A device that is signed in."""

    citizen = Part(SignedInCitizenOut)


class RefreshIn(Wire):
    """The refresh token that was given last."""

    refresh_token = PlainText(max_length=TOKEN_CHARACTERS_MAX, required=True)


class JwkOut(Wire):
    """A public key (RFC 7517)."""

    kty = PlainText(max_length=8)
    crv = PlainText(max_length=8)
    x = PlainText(max_length=64)
    kid = PlainText(max_length=64)
    alg = PlainText(max_length=8)
    use = PlainText(max_length=8)


class JwksOut(Wire):
    """The keys that access tokens are verified with."""

    keys = fields.List(Part(JwkOut))


class MeOut(Wire):
    """One's own account, and whether an entrustment is in force."""

    citizen = Part(CitizenOut)
    entrusted = Flag()


class EntrustmentIn(Wire):
    """Agreement to one version of the entrustment."""

    version = PlainText(max_length=32, required=True)
    accepted = Flag(required=True)


class EntrustmentOut(Wire):
    """One time in which an entrustment was in force."""

    version = PlainText(max_length=32)
    given_at = Instant()
    withdrawn_at = Instant(allow_none=True)


class OfferedEntrustmentOut(Wire):
    """The text that can be agreed to now."""

    version = PlainText(max_length=32)
    text = PlainText(max_length=4_000)


class EntrustmentChangedOut(Wire):
    """An entrustment that was given or withdrawn."""

    outcome = Choice("done")
    entrustment = Part(EntrustmentOut)


class EntrustmentsOut(Wire):
    """What is in force, what is offered, and what was."""

    entrustment = Part(EntrustmentOut, allow_none=True)
    offered = Part(OfferedEntrustmentOut)
    history = fields.List(Part(EntrustmentOut))


class BindingIn(Wire):
    """A partner's word that its account is the caller's."""

    ticket = PlainText(max_length=TOKEN_CHARACTERS_MAX, required=True)


class BindingOut(Wire):
    """A partner's account that is bound."""

    binding_id = Uuid()
    partner_id = WholeNumber()
    bound_at = Instant()
    ended_at = Instant(allow_none=True)


class BindingMadeOut(Wire):
    """A binding that was made, now or by the same ticket before."""

    outcome = Choice("done")
    replayed = Flag()
    binding = Part(BindingOut)


class BindingEndedOut(Wire):
    """A binding that has ended."""

    outcome = Choice("done")
    binding = Part(BindingOut)


class BindingsOut(Wire):
    """A page of live bindings."""

    bindings = fields.List(Part(BindingOut))
    next_after = PlainText(max_length=400, allow_none=True)
