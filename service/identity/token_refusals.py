"""Every way in which a request is turned away before its route is reached."""

from service.core.refusals import Refusal
from service.core.signing import Flaw, NotAccepted
from service.core.texts import Text


class Unauthenticated(Refusal):
    """The route needs a caller and the request names none."""

    code = "UNAUTHENTICATED"
    status = 401
    title = Text("请先登录", "Sign in first")
    detail = Text("此接口需要身份凭证。", "This route needs credentials.")


class TokenMalformed(Refusal):
    """The credentials are not written as a token of ours."""

    code = "TOKEN_MALFORMED"
    status = 401
    title = Text("凭证格式有误", "The token is malformed")
    detail = Text("凭证须为带 kid 的 JWT。", "The token must be a JWT that names its kid.")


class AlgorithmNotAllowed(Refusal):
    """The token was signed with no algorithm, a shared secret, or one that is not the key's own."""

    code = "ALGORITHM_NOT_ALLOWED"
    status = 401
    title = Text("签名算法不被接受", "The signature algorithm is not allowed")
    detail = Text(
        "只接受 EdDSA 与 ES256，且须与登记的密钥一致。",
        "Only EdDSA and ES256 are taken, whichever the registered key is of.",
    )


class SignatureInvalid(Refusal):
    """The signature was not made by the key that the token names."""

    code = "SIGNATURE_INVALID"
    status = 401
    title = Text("签名无效", "The signature is not valid")
    detail = Text("签名与 kid 所指密钥不符。", "The signature is not of the key that kid names.")


class ClaimsInvalid(Refusal):
    """A claim is missing, of another type, or meant for another audience."""

    code = "TOKEN_CLAIMS_INVALID"
    status = 401
    title = Text("凭证声明有误", "The claims of the token are not valid")
    detail = Text("请核对 iss、aud、iat、exp、jti 等声明。", "Check iss, aud, iat, exp, jti and the others.")


class TokenExpired(Refusal):
    """The token or the session has ended."""

    code = "TOKEN_EXPIRED"
    status = 401
    title = Text("凭证已过期", "The token has expired")
    detail = Text("请换用新凭证。", "Use a new one.")


class TokenFromTheFuture(Refusal):
    """The token says it was issued later than now, by more than clocks may differ."""

    code = "TOKEN_FROM_THE_FUTURE"
    status = 401
    title = Text("凭证签发时间在未来", "The token was issued in the future")
    detail = Text("请校准设备时钟。", "Set the device's clock.")


class TokenLifetimeTooLong(Refusal):
    """The token would live longer than a token of its kind may."""

    code = "TOKEN_LIFETIME_TOO_LONG"
    status = 401
    title = Text("凭证有效期过长", "The token lives too long")
    detail = Text("请缩短 exp 与 iat 的间隔。", "Bring exp closer to iat.")


class RequestChanged(Refusal):
    """Method, path or query differ from what was signed."""

    code = "REQUEST_CHANGED"
    status = 401
    title = Text("请求与签名不符", "The request is not the one that was signed")
    detail = Text(
        "方法、路径和查询串须与签名时逐字节一致。",
        "Method, path and query must be byte for byte those that were signed.",
    )


class BodyChanged(Refusal):
    """The body differs from what was signed."""

    code = "BODY_CHANGED"
    status = 401
    title = Text("请求体与签名不符", "The body is not the one that was signed")
    detail = Text("请求体的 SHA-256 与 dig 不一致。", "The SHA-256 of the body is not dig.")


class RequestReplayed(Refusal):
    """A request with this one-time id was accepted before."""

    code = "REQUEST_REPLAYED"
    status = 401
    title = Text("请求被重放", "The request is a replay")
    detail = Text("请重新签名：jti 只能使用一次。", "Sign again: a jti is used once.")


class UnknownKey(Refusal):
    """Nobody registered the key that the token names."""

    code = "UNKNOWN_KEY"
    status = 401
    title = Text("密钥未登记", "The key is not known")
    detail = Text("kid 未登记。", "No key is registered under this kid.")


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"
    status = 403
    title = Text("无权访问", "Not allowed")
    detail = Text("当前身份没有 {permission} 权限。", "The caller does not hold {permission}.")


class CsrfTokenInvalid(Refusal):
    """A change by an operator's browser came without the token of its session."""

    code = "CSRF_TOKEN_INVALID"
    status = 403
    title = Text("CSRF 令牌无效", "The CSRF token is not valid")
    detail = Text("请在 X-CSRF-Token 中带上登录时返回的令牌。", "Send the token from sign-in as X-CSRF-Token.")


_TOKEN_FLAWS: dict[Flaw, type[Refusal]] = {
    Flaw.MALFORMED: TokenMalformed,
    Flaw.ALGORITHM: AlgorithmNotAllowed,
    Flaw.SIGNATURE: SignatureInvalid,
    Flaw.CLAIMS: ClaimsInvalid,
    Flaw.EXPIRED: TokenExpired,
    Flaw.FROM_THE_FUTURE: TokenFromTheFuture,
    Flaw.LIFETIME: TokenLifetimeTooLong,
    Flaw.REQUEST_CHANGED: RequestChanged,
    Flaw.BODY_CHANGED: BodyChanged,
}

AUTHENTICATION_REFUSALS: tuple[type[Refusal], ...] = (Unauthenticated, UnknownKey, *_TOKEN_FLAWS.values())
"""What any route behind a caller may answer before it is reached."""


def token_refusal(found: NotAccepted) -> Refusal:
    """Return the refusal of a request whose token has this flaw."""
    return _TOKEN_FLAWS[found.flaw]()
