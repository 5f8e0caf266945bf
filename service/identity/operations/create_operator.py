"""Create the first operator."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.domain.operators import FIRST_OPERATOR_ID, LOGIN, Operator, is_strong
from service.identity.passwords import SALT_BYTES, hash_password
from service.identity.refusals import LoginUnusable, OperatorExists, PasswordTooWeak
from service.identity.store import operators


def create_operator(context: Context, login: str, password: str) -> Operator:
    """Create the operator everything begins with; only while there is none.

    Raises:
        LoginUnusable: The login has another form.
        PasswordTooWeak: The password is too short, too long, or holds the login.
        OperatorExists: There is an operator.
    """
    if not LOGIN.fullmatch(login):
        raise LoginUnusable
    if not is_strong(password, login):
        raise PasswordTooWeak
    first = Operator(FIRST_OPERATOR_ID, login, "system")
    password_hash = hash_password(password, context.random_bytes(SALT_BYTES))

    def create(session: Session) -> Operator:
        taken = operators.any_operator(session)
        if taken or not operators.insert_operator(session, first, password_hash, context.now()):
            raise OperatorExists
        return first

    return transact(context, create)
