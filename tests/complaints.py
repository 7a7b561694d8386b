"""What a page in a browser has to complain of: errors of its scripts, and what it writes to the console as errors."""

from playwright.sync_api import Page


def listen(page: Page, complaints: list[str]) -> None:
    """Put every error of a page into the list."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
