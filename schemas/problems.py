"""RFC 9457 problem documents."""

from marshmallow import Schema, fields


class FieldProblemOut(Schema):
    """One field that was refused."""

    pointer = fields.String(metadata={"description": "RFC 6901 pointer behind #"})
    code = fields.String()
    detail = fields.String()


class ProblemOut(Schema):
    """Why a request was not granted."""

    type = fields.String(metadata={"description": "An address that explains the code"})
    code = fields.String(metadata={"description": "Stable, UPPER_SNAKE"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldProblemOut))
    request_id = fields.String()
    outcome = fields.String(metadata={"enum": ["none", "done", "unknown"]})
