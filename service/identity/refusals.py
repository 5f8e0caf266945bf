"""Every way in which signing in, consent and keys are refused."""

from service.core.refusals import Refusal
from service.core.signing import Flaw, NotAccepted
from service.core.texts import Text


class SignInFailed(Refusal):
    """Login and password do not belong together; nothing tells which of them is wrong."""

    code = "SIGN_IN_FAILED"
    status = 401
    title = Text("登录失败", "Sign-in failed")
    detail = Text("账号或密码不正确。", "The login or the password is wrong.")


class OperatorExists(Refusal):
    """The first operator can only be made while there is none."""

    code = "OPERATOR_EXISTS"
    status = 409
    title = Text("已有运营账号", "There is an operator already")
    detail = Text("首个账号只能在没有账号时创建。", "The first operator is made only while there is none.")


class LoginUnusable(Refusal):
    """A login is 3 to 32 small letters, digits, dots, underscores or hyphens."""

    code = "LOGIN_UNUSABLE"
    status = 400
    title = Text("账号名不可用", "The login cannot be used")
    detail = Text(
        "账号名须为 3 至 32 位小写字母、数字、点、下划线或连字符。",
        "A login is 3 to 32 small letters, digits, dots, underscores or hyphens.",
    )


class PasswordTooWeak(Refusal):
    """A password has 12 to 128 characters and is not the login."""

    code = "PASSWORD_TOO_WEAK"
    status = 400
    title = Text("密码过弱", "The password is too weak")
    detail = Text(
        "密码须为 12 至 128 个字符，且不得包含账号名。", "It needs 12 to 128 characters, and not the login."
    )


class PhoneUnusable(Refusal):
    """The phone is not a mobile number of mainland China."""

    code = "PHONE_UNUSABLE"
    status = 400
    title = Text("手机号不可用", "The phone number cannot be used")
    detail = Text("请输入中国大陆手机号。", "Enter a mobile number of mainland China.")


class CodeInvalid(Refusal):
    """The code is not the one that was sent last, or was used."""

    code = "CODE_INVALID"
    status = 401
    title = Text("验证码错误", "The code is wrong")
    detail = Text("请核对最近一次收到的验证码。", "Check the code that was sent last.")


class CodeExpired(Refusal):
    """The code is right and too old."""

    code = "CODE_EXPIRED"
    status = 401
    title = Text("验证码已过期", "The code has expired")
    detail = Text("请重新获取验证码。", "Ask for a new one.")


class CodeExhausted(Refusal):
    """Wrong codes were tried too often; the right one no longer helps."""

    code = "CODE_EXHAUSTED"
    status = 401
    title = Text("验证码错误次数过多", "The code was tried too often")
    detail = Text("请重新获取验证码。", "Ask for a new one.")


class SmsUnavailable(Refusal):
    """The SMS gateway did not take the message; the code was not sent."""

    code = "SMS_UNAVAILABLE"
    status = 503
    title = Text("短信暂时无法发送", "The message could not be sent")
    detail = Text("请稍后重新获取验证码。", "Ask again shortly.")


class RefreshTokenInvalid(Refusal):
    """The refresh token is not ours, or its session has ended."""

    code = "REFRESH_TOKEN_INVALID"
    status = 401
    title = Text("刷新令牌无效", "The refresh token is not valid")
    detail = Text("请重新登录。", "Sign in again.")


class RefreshTokenReused(Refusal):
    """The refresh token was used before: somebody holds a copy, so the whole session is ended."""

    code = "REFRESH_TOKEN_REUSED"
    status = 401
    title = Text("刷新令牌被重复使用", "The refresh token was used before")
    detail = Text("为安全起见会话已终止，请重新登录。", "The session was ended for safety; sign in again.")


class EntrustmentVersionUnknown(Refusal):
    """The text that is agreed to is not the one in force."""

    code = "ENTRUSTMENT_VERSION_UNKNOWN"
    status = 409
    title = Text("委托书版本不符", "The version of the entrustment is not known")
    detail = Text("当前版本为 {current}。", "The version in force is {current}.")


class EntrustmentNotAccepted(Refusal):
    """An entrustment is given by accepting it."""

    code = "ENTRUSTMENT_NOT_ACCEPTED"
    status = 400
    title = Text("尚未同意委托书", "The entrustment was not accepted")
    detail = Text("accepted 须为 true；撤回请用 DELETE。", "accepted must be true; to withdraw, use DELETE.")


class EntrustmentNotFound(Refusal):
    """No entrustment is in force."""

    code = "ENTRUSTMENT_NOT_FOUND"
    status = 404
    title = Text("没有生效的委托", "No entrustment is in force")
    detail = Text("请先签署委托书。", "Give it first.")


class TicketInvalid(Refusal):
    """The partner's ticket does not prove anything; ``reason`` names the flaw."""

    code = "TICKET_INVALID"
    status = 400
    title = Text("绑定凭据无效", "The ticket is not valid")
    detail = Text("请回到合作方重新获取（{reason}）。", "Get a new one from the partner ({reason}).")


class TicketExpired(Refusal):
    """The partner's ticket is too old."""

    code = "TICKET_EXPIRED"
    status = 400
    title = Text("绑定凭据已过期", "The ticket has expired")
    detail = Text("请回到合作方重新获取。", "Get a new one from the partner.")


class TicketSpent(Refusal):
    """The partner's ticket was used before."""

    code = "TICKET_SPENT"
    status = 409
    title = Text("绑定凭据已使用", "The ticket was used before")
    detail = Text("请回到合作方重新获取。", "Get a new one from the partner.")


class SubjectAlreadyBound(Refusal):
    """The partner's account is bound to another citizen."""

    code = "SUBJECT_ALREADY_BOUND"
    status = 409
    title = Text("该账号已被他人绑定", "The account is bound to somebody else")
    detail = Text("请先由原绑定人解除绑定。", "Its holder must end the binding first.")


class BindingNotFound(Refusal):
    """The caller has no such binding."""

    code = "BINDING_NOT_FOUND"
    status = 404
    title = Text("没有这个绑定", "There is no such binding")
    detail = Text("请核对绑定编号。", "Check the binding's id.")


class KeyAlreadyRegistered(Refusal):
    """A key belongs to one machine for ever."""

    code = "KEY_ALREADY_REGISTERED"
    status = 409
    title = Text("密钥已登记", "The key is registered already")
    detail = Text("每台设备须使用自己的密钥。", "Every machine has a key of its own.")


class KeyNotUsable(Refusal):
    """The public key is not an Ed25519 or P-256 key in JWK form."""

    code = "KEY_NOT_USABLE"
    status = 400
    title = Text("公钥不可用", "The public key cannot be used")
    detail = Text("须为 JWK 形式的 Ed25519 或 P-256 公钥。", "It must be an Ed25519 or P-256 public key as a JWK.")


def ticket_refusal(found: NotAccepted) -> Refusal:
    """Return the refusal of a binding ticket that has this flaw."""
    return TicketExpired() if found.flaw is Flaw.EXPIRED else TicketInvalid(reason=found.flaw.value)
