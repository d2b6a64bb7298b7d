"""What only a request can do wrong."""

from rest_framework.exceptions import APIException, ParseError


class BadJSON(ParseError):
    """The body is no JSON that can be kept and read back."""

    default_code = "bad_json"


class TooLarge(APIException):
    """The body is larger than any task needs."""

    status_code = 413
    default_code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A body may have {limit} bytes at most.")


class LengthRequired(APIException):
    """A body in chunks: the server cannot tell it from none, and would ignore it."""

    status_code = 411
    default_code = "length_required"
    default_detail = "Send the body with a Content-Length, not in chunks."
