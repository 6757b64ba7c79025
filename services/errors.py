"""The family of errors: each with its HTTP status, a stable code and a sentence that helps whoever meets it."""

from uuid import UUID


class ZoneschildError(Exception):
    """Anything the product itself says is wrong; `code` is stable for machines, the text is for people."""

    status = 500
    code = "error"


class ConfigurationError(ZoneschildError):
    """A setting is missing or wrong; the program does not start."""

    code = "configuration"


class AuditWrongError(ZoneschildError):
    """The audit is not what was written: a sentence a line says which rows, and when."""

    code = "audit-wrong"


class NotLoggedInError(ZoneschildError):
    """Nobody is logged in, or the session or token has ended."""

    status = 401
    code = "not-logged-in"


class UnfinishedLoginError(NotLoggedInError):
    """Somebody has begun to log in, and something is asked of them before anything else; `page` is where."""

    code = "login-unfinished"

    def __init__(self, sentence: object, page: str) -> None:
        super().__init__(sentence)
        self.page = page


class NoConsultationError(ZoneschildError):
    """A question was asked without an open consultation."""

    status = 403
    code = "no-consultation"


class ForbiddenError(ZoneschildError):
    """The request is understood and refused: foreign origin, forged link, someone else's consultation."""

    status = 403
    code = "forbidden"


class ApprovalNeededError(ZoneschildError):
    """The question is about everybody: a second person must agree first (R19)."""

    status = 403
    code = "needs-approval"

    def __init__(self, approval_id: UUID, question: object) -> None:
        super().__init__("this question is about everybody; a second person must agree to it first")
        self.approval_id, self.question = approval_id, question


class NotFoundError(ZoneschildError):
    """What was asked for does not exist, has expired, or may not be known to exist."""

    status = 404
    code = "not-found"


class BadQuestionError(ZoneschildError):
    """A filter cannot be understood; the text says which and how it should look."""

    status = 422
    code = "bad-question"


class ConflictError(ZoneschildError):
    """It cannot be done any more: a colleague was first, or it stands otherwise by now; the text says how."""

    status = 409
    code = "conflict"


class IncompleteError(BadQuestionError):
    """An entry lacks something that it must say (R8); `lacking` are stable codes, each begins with its field."""

    code = "incomplete"

    def __init__(self, sentence: object, lacking: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.lacking = lacking


class ProviderAwayError(ZoneschildError):
    """The identity provider does not answer, or not as one."""

    status = 503
    code = "provider-away"


class TooBroadError(ZoneschildError):
    """The question would take longer than the time one question may have."""

    status = 422
    code = "too-broad"
