"""The refusal of a question that needs a second person: what is asked, what would need none, and how to ask one."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from search.access import is_api, visitor_of
from search.pages.language import words
from search.pages.rendering import language_of, show_page
from services import approvals
from services.clock import utc_now
from services.database import reading
from services.errors import ApprovalNeededError

_TITLE = words("A colleague must agree first")
_SENTENCE = words("This question is about everybody: a second person must agree to it first. Ask for one with this id, "
                  "name more of the plate, or ask for fewer cameras and a shorter period.")


async def refuse_alone(request: Request, error: ApprovalNeededError) -> Response:
    """Answer that a second person is needed: to a program with the id to ask by, to a person with a form."""
    if is_api(request):
        return JSONResponse({"code": error.code, "message": language_of(request).say(_SENTENCE),
                             "approval_id": str(error.approval_id)}, error.status)
    program, visitor = request.app.state.program, visitor_of(request)
    async with reading(program.engine) as connection:
        rules = await program.rules.current(connection)
        approval = await approvals.find_approval(connection, error.approval_id, utc_now())
        hearers = await approvals.find_hearers(connection, visitor.user.user_id) if visitor else {}
    return show_page(request, "needs_approval.html", error.status, title=_TITLE, question=error.question, rules=rules,
                     approval_id=error.approval_id, approval=approval, hearers=sorted(hearers.values()),
                     code=error.code)
