"""The family of errors: each with its HTTP status, a stable code and a sentence that helps whoever meets it."""


class ZoneschildError(Exception):
    """Anything the product itself says is wrong; `code` is stable for machines, the text is for people."""

    status = 500
    code = "error"


class ConfigurationError(ZoneschildError):
    """A setting is missing or wrong; the program does not start."""

    code = "configuration"


class NotLoggedInError(ZoneschildError):
    """Nobody is logged in, or the session or token has ended."""

    status = 401
    code = "not-logged-in"


class NoConsultationError(ZoneschildError):
    """A question was asked without an open consultation."""

    status = 403
    code = "no-consultation"


class ForbiddenError(ZoneschildError):
    """The request is understood and refused: foreign origin, forged link, someone else's consultation."""

    status = 403
    code = "forbidden"


class NotFoundError(ZoneschildError):
    """What was asked for does not exist, has expired, or may not be known to exist."""

    status = 404
    code = "not-found"


class BadQuestionError(ZoneschildError):
    """A filter cannot be understood; the text says which and how it should look."""

    status = 422
    code = "bad-question"


class TooBroadError(ZoneschildError):
    """The question would take longer than the time one question may have."""

    status = 422
    code = "too-broad"
