"""A rule of the gate as the form sends it."""

from pydantic import BaseModel


class RuleForm(BaseModel):
    """One rule that the DPO confirms; what is missing is said on the page."""

    name: str = ""
    value: str = ""
    document: str = ""
