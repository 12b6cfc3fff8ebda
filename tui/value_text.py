"""Values of parameters as a person would type them."""


def as_text(value: object) -> str:
    """Return a value as text that means exactly it; None, which is left to the program, is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, list | tuple):
        return ", ".join(as_text(item) for item in value)
    return str(value)
