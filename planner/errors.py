"""How the domain says no: with a sentence for the reader."""


class Refusal(Exception):
    """The act cannot be done; `sentence` says in the reader's language why and what to do instead."""

    def __init__(self, sentence: str, field: str = "") -> None:
        """`field` names the form field the sentence belongs to, if it belongs to one."""
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Stale(Refusal):
    """The act was right when its form was opened, but somebody was faster (409).

    `current` is what is there now and `typed` what this reader wanted, for a page that shows them side by side.
    """

    def __init__(self, sentence: str, field: str = "", *, current: object = None, typed: object = None) -> None:
        """Both sides are there only where a form can show them."""
        super().__init__(sentence, field)
        self.current = current
        self.typed = typed


class TooMany(Refusal):
    """The act was tried too often lately (429); it may be tried again after so many seconds."""

    def __init__(self, sentence: str, wait: int) -> None:
        """`wait` is in seconds."""
        super().__init__(sentence)
        self.wait = wait


class Damaged(Refusal):
    """What arrived cannot be read at all (400)."""


class Missing(Exception):
    """There is no such thing, or not for this viewer: both look the same from outside (404)."""


class Forbidden(Exception):
    """The viewer is known and may see this place, but may not do this act (403)."""


class SignInNeeded(Exception):
    """Nobody is signed in and the act needs somebody (leads to the sign-in page, then back)."""
