"""Numbers as each language writes them."""


def decimal(value: float, spoken: str, digits: int = 1) -> str:
    """A number with so many decimals: a comma before them in Vietnamese, a point in English."""
    return f"{value:.{digits}f}".replace(".", "," if spoken == "vi" else ".")
