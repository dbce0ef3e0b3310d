"""Operations on the session that a person has at the page, in a cookie."""

from __future__ import annotations

from flowslot.api.answers.sessions import SessionAnswer, no_session_answer, session_answer
from flowslot.api.ask import Ask, Reply
from flowslot.api.requests.sessions import SignIn
from flowslot.api.routing import PUBLIC, Routes
from flowslot.api.sign_in import caller_of, cookie_of, no_cookie, refuse_forged, refuse_other_sites
from flowslot.app import sessions
from flowslot.app.sessions import SignedIn
from flowslot.base.errors import CsrfFailed, Invalid, Problem, TooMany, Unauthenticated

routes = Routes("sessions")


@routes.get("/session", PUBLIC)
def show_session(ask: Ask) -> SessionAnswer:
    """Show who is signed in: nobody, where there is no session or it has ended."""
    try:
        if ask.sender.session is not None:
            return session_answer(sessions.authenticate_session(ask.deps, ask.sender.session))
        return no_session_answer(caller_of(ask.deps, ask.sender), setup_needed=False)
    except Unauthenticated:
        return no_session_answer(None, setup_needed=not sessions.is_set_up(ask.deps))


@routes.post("/session", PUBLIC, status=201, errors=[Unauthenticated, CsrfFailed, TooMany])
def sign_in(ask: Ask, *, body: SignIn) -> Reply[SessionAnswer]:
    """Sign in at the page, with a name and a password or with an API token.

    Sets the cookie `flowslot_session`. Each later change that comes with the cookie must name the answer's `csrf` as
    `X-CSRF-Token`. Failed tries are limited, by name and by address.
    """
    refuse_other_sites(ask.sender, public_url=ask.deps.settings.public_url)
    made = _signed_in(ask, body)
    return Reply(201, session_answer(made), cookie_of(made, ask.sender, now=ask.deps.clock.now()))


@routes.delete("/session", PUBLIC, status=204, errors=[CsrfFailed])
def sign_out(ask: Ask) -> Reply[None]:
    """Sign out of the page: the cookie's session ends at once. It is no error when there is none."""
    secret = ask.sender.any_session
    if secret is not None:
        try:
            signed_in = sessions.authenticate_session(ask.deps, secret)
        except Unauthenticated:
            return Reply(204, None, no_cookie(ask.sender))
        refuse_forged(secret, ask.sender)
        sessions.sign_out(ask.deps, signed_in)
    return Reply(204, None, no_cookie(ask.sender))


def _signed_in(ask: Ask, body: SignIn) -> SignedIn:
    address, before = ask.sender.address, ask.sender.any_session
    if body.token is not None and body.name is None and body.password is None:
        return sessions.sign_in_with_token(ask.deps, token=body.token, address=address, instead_of=before)
    if body.token is None and body.name is not None and body.password is not None:
        return sessions.sign_in(ask.deps, name=body.name, password=body.password, address=address, instead_of=before)
    text = "Give a name and a password, or a token."
    raise Invalid(text, problems=[Problem("", "missing", text)])
