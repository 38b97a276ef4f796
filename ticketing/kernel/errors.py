"""Every refusal and fault that a caller can meet, as one closed tree.

    TicketingError
    ├── Malformed          the request can't be understood or names what can't be (422)
    ├── Missing            what it names is not there (404)
    ├── Conflict           understood, but the state of the house forbids it (409)
    ├── Unauthenticated    we don't know who asks (401)
    ├── Forbidden          we know, and they may not (403)
    ├── TooMany            later, please (429)
    └── Unavailable        a part of the house is down; a retry helps (503)

Each leaf has a stable ``code``, an English ``title`` and ``detail`` (both are gettext msgids; ``detail`` tells the
person what happened and what to do) and the data that explains it as keyword arguments. Only the web edge
knows HTTP and languages.
"""

from collections.abc import Iterator
from typing import Any, ClassVar


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's extractor looks for
    """Mark a text for translation where it stands, to be translated where it is shown."""
    return text


class TicketingError(Exception):
    """The root. ``data`` is what goes to the caller beside the code, and fills the places in ``detail``."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = ""
    detail: ClassVar[str] = ""
    transient: ClassVar[bool] = False

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data = data

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code


class Malformed(TicketingError):
    code = "malformed"
    title = N_("The request could not be read")
    detail = N_("Something in the request is not as it must be. Nothing was changed.")


class Missing(TicketingError):
    code = "not_found"
    title = N_("Not found")
    detail = N_("There is nothing at this address. Check the link, or start from the programme.")


class Conflict(TicketingError):
    code = "conflict"
    title = N_("Not possible now")
    detail = N_("This can't be done as things stand. Nothing was changed.")


class Unauthenticated(TicketingError):
    code = "unauthenticated"
    title = N_("Please sign in")
    detail = N_("This needs a valid sign-in or secret. Sign in again, or open the link from your mail.")


class Forbidden(TicketingError):
    code = "forbidden"
    title = N_("Not allowed")
    detail = N_("Your account may not do this. Ask an administrator for the right role.")


class OutOfReach(Forbidden):
    code = "out_of_reach"
    title = N_("Not yours to see")
    detail = N_("Your account is for other festivals or venues. Ask an administrator to widen it.")


class TooMany(TicketingError):
    code = "slow_down"
    title = N_("Too many requests")
    detail = N_("Too many requests came from your connection. Wait a moment and try again.")
    transient = True


class Unavailable(TicketingError):
    code = "unavailable"
    title = N_("Out of order for a moment")
    detail = N_("A part of the service does not answer. Nothing was changed; please try again in a moment.")
    transient = True


# ── seats ────────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownScreening(Missing):
    code = "unknown_screening"
    title = N_("Unknown screening")
    detail = N_("There is no such screening. It may have been moved: look in the programme.")


class UnknownFestival(Missing):
    code = "unknown_festival"
    title = N_("Unknown festival")
    detail = N_("There is no such festival.")


class UnknownFilm(Missing):
    code = "unknown_film"
    title = N_("Unknown film")
    detail = N_("There is no such film here. Look in the list of films.")


class UnknownHold(Missing):
    code = "unknown_hold"
    title = N_("These seats are no longer kept for you")
    detail = N_("The time to decide has run out, or the seats were given back. Choose seats again.")


class UnknownSeats(Malformed):
    code = "unknown_seats"
    title = N_("Unknown seats")
    detail = N_("This hall has no seats named %(seats)s. Choose seats on the map.")


class SeatsTaken(Conflict):
    code = "seats_taken"
    title = N_("Just taken")
    detail = N_("Somebody else has just taken %(seats)s. Choose other seats; the rest is unchanged.")


class NotAdjacentAvailable(Conflict):
    code = "not_adjacent_available"
    title = N_("No seats side by side")
    detail = N_(
        "There are not so many free seats side by side. Try a smaller group, another zone, or choose on the map."
    )


class WaitingListFirst(Conflict):
    code = "waiting_list_first"
    title = N_("Kept for the waiting list")
    detail = N_(
        "Others wait for seats of this screening. What comes free is offered to them first, and goes on sale when "
        "they have no use for it. Join the waiting list, or look again in a moment."
    )


class CompanionApart(Conflict):
    code = "companion_apart"
    title = N_("This seat belongs to a wheelchair place")
    detail = N_("%(seats)s is kept for a companion and goes only together with its wheelchair place.")


class SalesClosed(Conflict):
    code = "sales_closed"
    title = N_("Not on sale")
    detail = N_("Tickets for this screening are sold from %(opens_at)s to %(closes_at)s.")


class TooManySeats(Conflict):
    code = "too_many_seats"
    title = N_("Too many seats")
    detail = N_("At most %(max)s seats can be taken at once.")


class SeatingUnavailable(Unavailable):
    code = "seating_unavailable"
    title = N_("Seats can't be taken for a moment")
    detail = N_("The seat map is being rebuilt. Nothing was taken; please try again in a few seconds.")


# ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownOrder(Missing):
    code = "unknown_order"
    title = N_("Unknown order")
    detail = N_("There is no order with this reference and secret. Open the link from your mail.")


class UnknownTicket(Missing):
    code = "unknown_ticket"
    title = N_("Unknown ticket")
    detail = N_("There is no such ticket here. Open the link from your mail.")


class TicketSuperseded(Missing):
    code = "ticket_superseded"
    title = N_("This ticket was exchanged or passed on")
    detail = N_("This link and its code no longer count. The one that does is in the newest mail about it.")


class TicketVoid(Missing):
    code = "ticket_void"
    title = N_("This ticket was given back")
    detail = N_("Its code no longer opens the door, and its seat is on sale again.")


class UnknownWallet(Missing):
    code = "unknown_wallet"
    title = N_("No such wallet here")
    detail = N_("This box office makes no passes for that wallet. The ticket's page and its PDF work everywhere.")


class HoldExpired(Conflict):
    code = "hold_expired"
    title = N_("The time to decide has run out")
    detail = N_("Your seats were given back. Choose them again: they may still be free.")


class TicketsDoNotMatchHold(Malformed):
    code = "tickets_do_not_match_hold"
    title = N_("The tickets don't match the seats kept for you")
    detail = N_("Each seat kept for you needs exactly one ticket. These don't fit: %(seats)s.")


class TariffNotForZone(Conflict):
    code = "tariff_not_for_zone"
    title = N_("This price is not offered here")
    detail = N_("The tariff %(tariff)s is not offered for seat %(seat)s. Choose one of those shown.")


class IdempotencyMismatch(Malformed):
    code = "idempotency_mismatch"
    title = N_("The same key was used for something else")
    detail = N_("This Idempotency-Key belongs to another request. Use a new key for a new order.")


class IdempotencyKeyMissing(Malformed):
    code = "idempotency_key_missing"
    title = N_("An Idempotency-Key is needed")
    detail = N_("Send a header Idempotency-Key of 1 to 255 signs, new for each order.")


class CurrenciesMixed(Conflict):
    code = "currencies_mixed"
    title = N_("Two currencies in one order")
    detail = N_("These screenings are sold in different currencies. Place an order for each.")


class VoucherRefused(Conflict):
    code = "voucher_refused"
    title = N_("This voucher can't be used")
    detail = N_("The voucher %(voucher)s is unknown, used up, past its date, or for another festival.")


class PaymentProviderUnknown(Malformed):
    code = "payment_provider_unknown"
    title = N_("Unknown way of paying")
    detail = N_("Payment by %(provider)s is not offered. Choose one of: %(offered)s.")


class OrderNotPayable(Conflict):
    code = "order_not_payable"
    title = N_("This order can't be paid")
    detail = N_("This order is no longer waiting for a payment: its status is %(order_status)s.")


class PaymentUnavailable(Unavailable):
    code = "payment_unavailable"
    title = N_("The payment service does not answer")
    detail = N_("Your order is kept and nothing was charged. Try again in a moment.")


class RefundRefused(Conflict):
    code = "refund_refused"
    title = N_("The payment service can't send this money back")
    detail = N_("It has to be handed out at the counter, or transferred by the organiser.")


class OrderNotConfirmed(Conflict):
    code = "order_not_confirmed"
    title = N_("This order is not confirmed")
    detail = N_("There are tickets only once the order is confirmed; its status is %(order_status)s.")


class TooLateToChange(Conflict):
    code = "too_late_to_change"
    title = N_("Too late to change this ticket")
    detail = N_("Tickets could be changed or given back until %(until)s.")


class AlreadyUsed(Conflict):
    code = "already_used"
    title = N_("This ticket has been used")
    detail = N_("Somebody has entered with ticket %(ticket)s, so it can't be changed any more.")


class TransferNotAllowed(Conflict):
    code = "transfer_not_allowed"
    title = N_("Tickets can't be passed on")
    detail = N_("The organiser does not allow tickets of this festival to be passed on.")


class UnknownRefund(Missing):
    code = "unknown_refund"
    title = N_("Nothing to hand out")
    detail = N_("There is no refund of this number that waits to be handed out. Look at the list again.")


class RefundNotAllowed(Conflict):
    code = "refund_not_allowed"
    title = N_("Tickets can't be given back")
    detail = N_("The organiser takes no tickets of this festival back. Where it is allowed, pass them on instead.")


class RefundForfeited(Conflict):
    code = "refund_forfeited"
    title = N_("This ticket can't be given back")
    detail = N_("It was exchanged when the time to give it back was over. Exchange it again, or pass it on.")


class NothingPaidBack(Conflict):
    code = "nothing_paid_back"
    title = N_("These seats cost less")
    detail = N_("No money is paid back for your tickets, or not any more. Choose seats that cost as much, or more.")


class ExchangeNotAllowed(Conflict):
    code = "exchange_not_allowed"
    title = N_("Tickets can't be exchanged")
    detail = N_("The organiser does not allow tickets of this festival to be exchanged.")


class ExchangePending(Conflict):
    code = "exchange_pending"
    title = N_("An exchange waits for its payment")
    detail = N_("Pay the exchange of this order that was begun, or give it up; then go on. Nothing was changed.")


class ScreeningsMixed(Conflict):
    code = "screenings_mixed"
    title = N_("Tickets of several screenings")
    detail = N_("Only tickets of one screening can be exchanged together. Choose those of one, then the others.")


class AnotherFestival(Conflict):
    code = "another_festival"
    title = N_("A screening of another festival")
    detail = N_("A ticket can be exchanged within its own festival only. Choose a screening of the same one.")


class TicketPassedOn(Conflict):
    code = "ticket_passed_on"
    title = N_("This ticket was passed on")
    detail = N_("Ticket %(ticket)s belongs to somebody else now. Pass it on to yourself first, then change it.")


class PriceChanged(Conflict):
    code = "price_changed"
    title = N_("The sum is another one now")
    detail = N_("What this comes to has changed since it was shown to you. Look at the new sum and confirm it.")


class TicketsNotSold(Conflict):
    code = "tickets_not_sold"
    title = N_("No longer sold")
    detail = N_(
        "%(tickets)s was given back, released or never paid for. No money goes out for it and nothing is printed: "
        "look at the history of the order."
    )


class SupervisorNeeded(Forbidden):
    """``beyond`` names the rules: see ``sales.after_sale.model.Beyond``."""

    code = "supervisor_needed"
    title = N_("A supervisor is needed")
    detail = N_(
        "The festival's rules do not let this ticket go, or a fee is to be kept. A supervisor may set them aside: "
        "ask one to sign in here."
    )


class NoAddress(Conflict):
    code = "no_address"
    title = N_("Nobody left an address")
    detail = N_("There is no mail address with this order. Print the ticket instead. Nothing was changed.")


class UnknownReprint(Missing):
    code = "unknown_reprint"
    title = N_("Unknown reprint")
    detail = N_("There is no reprint of this name. Print the ticket from the page of its order.")


class HandSoldRefused(Conflict):
    """``papers`` are those that can't be entered, each with its ``problems`` (``sales.outage.model.Problem``)."""

    code = "hand_sold_refused"
    title = N_("Nothing was entered")
    detail = N_(
        "%(count)s of these papers can't be entered as they stand: see each of them. Give them another seat, or "
        "take them out and give the money back; then enter the stack again."
    )


class HandSoldTooLate(Conflict):
    code = "hand_sold_too_late"
    title = N_("Too long ago")
    detail = N_("Papers of this screening could be entered until %(until)s. Write to the organiser.")


class UnknownBatch(Missing):
    code = "unknown_batch"
    title = N_("Unknown stack")
    detail = N_("No such stack of papers was entered.")


# ── the waiting list ─────────────────────────────────────────────────────────────────────────────────────────


class SeatsAvailable(Conflict):
    code = "seats_available"
    title = N_("There are seats")
    detail = N_("There are free seats together for %(people)s: choose them now. Nobody needs to wait.")


class HallTooSmall(Conflict):
    code = "hall_too_small"
    title = N_("There are no such seats here")
    detail = N_("Even the empty hall has no seats together for this wish. Try a smaller party, or any price zone.")


class NoWaitingList(Conflict):
    code = "no_waiting_list"
    title = N_("There is no waiting list")
    detail = N_("Nobody can wait for seats of this screening: it has no waiting list, or is not on sale now.")


class WaitingListFull(Conflict):
    code = "waiting_list_full"
    title = N_("The waiting list is full")
    detail = N_("No more than %(max)s can wait here at once. Look again later, or choose another screening.")


class UnknownWaitingEntry(Missing):
    code = "unknown_waiting_entry"
    title = N_("Unknown place in the waiting list")
    detail = N_("There is no such place with this secret. Open the link from your mail.")


class WaitingEnded(Conflict):
    code = "waiting_ended"
    title = N_("You are no longer on the waiting list")
    detail = N_("This place in the waiting list has ended. Join again if there is still time.")


class OfferOpen(Conflict):
    code = "offer_open"
    title = N_("Seats are offered to you")
    detail = N_("Seats are held for you now. Take them, or decline them; the party can't be changed meanwhile.")


class OfferOver(Conflict):
    code = "offer_over"
    title = N_("The offer is over")
    detail = N_("The time for these seats has run out, or they were given back. They go to the next in line.")


# ── the programme ────────────────────────────────────────────────────────────────────────────────────────────


class ImportRefused(Malformed):
    """``problems`` are all that was found, each naming file, table, key, row, column, and what was expected.

    ``told`` says of each, in the reader's language, what was found and expected; likewise of entries and halls.
    """

    code = "import_refused"
    title = N_("The programme was not imported")
    detail = N_("%(count)s problems were found. Nothing was changed.")


class UnknownUpload(Missing):
    code = "unknown_upload"
    title = N_("This file is not kept any more")
    detail = N_("Files are kept for a day, and only your latest ones. Choose the file again. Nothing was changed.")


class PreviewOutdated(Conflict):
    code = "preview_outdated"
    title = N_("The programme has changed meanwhile")
    detail = N_(
        "The file would now change other things than you were shown. Look again, then import. Nothing was changed."
    )


class EntryRefused(Malformed):
    """``problems`` are all that was found, each naming the field (``column``) and what was expected of it."""

    code = "entry_refused"
    title = N_("Not saved yet")
    detail = N_("%(count)s fields need another look. Nothing was changed.")


class UnknownEntry(Missing):
    code = "unknown_entry"
    title = N_("Not in the programme")
    detail = N_("There is no such entry in the programme. It may have been deleted: look in its list.")


class EntryExists(Conflict):
    code = "entry_exists"
    title = N_("There is one of this name already")
    detail = N_(
        "%(key)s exists already and says something else. Open it to change it, or choose another short name."
    )


class ChangedMeanwhile(Conflict):
    """``changed`` names the fields that somebody else has changed; ``version`` is the one that stands now."""

    code = "changed_meanwhile"
    title = N_("Somebody else has changed this meanwhile")
    detail = N_("Nothing of yours is lost and nothing was saved. Look at what they changed, then save again.")


class EntryInUse(Conflict):
    """``uses``: what rests on it, by kind, with how many of each; ``listed`` says the same to a person."""

    code = "entry_in_use"
    title = N_("This can't be deleted")
    detail = N_("Other things rest on it: %(listed)s. Take it off sale or out of the programme instead.")


class ScreeningIsDraft(Conflict):
    code = "screening_is_draft"
    title = N_("This screening is a draft")
    detail = N_("Nobody knows of it yet, so there is nothing to cancel: delete it, or change it.")


class CancelledOtherwise(Conflict):
    code = "cancelled_otherwise"
    title = N_("It was cancelled already, in another way")
    detail = N_("What its buyers were promised stands. Look at how far it is.")


class MoveUnconfirmed(Conflict):
    code = "move_unconfirmed"
    title = N_("People come to this screening at the old time")
    detail = N_(
        "Tickets for it: %(tickets)s; guests who are invited and have none yet: %(guests)s. "
        "Confirm that they are told by mail, then save again."
    )


class MovesUnconfirmed(Conflict):
    """``moves`` names the screenings, at most a thousand of the ``count``, each with ``tickets`` and ``guests``."""

    code = "moves_unconfirmed"
    title = N_("People come to these screenings at the old time")
    detail = N_(
        "Screenings that would be moved: %(count)s. Tickets for them: %(tickets)s; guests who are invited and have "
        "none yet: %(guests)s. Nothing was changed. Confirm that they are told by mail, then import again."
    )


class ScreeningIsCancelled(Conflict):
    code = "screening_is_cancelled"
    title = N_("This screening is cancelled")
    detail = N_(
        "What is cancelled stays so: people were told. Announce another screening instead; a copy is quick."
    )


class HallChanged(SeatingUnavailable):
    code = "hall_changed"
    title = N_("The plan of this hall was just changed")
    detail = N_(
        "The seats of this screening were moved to a new plan a moment ago. Nothing was changed; try again."
    )


class SeatsWouldVanish(Conflict):
    """``seats`` are those that the new plan lacks and somebody has; ``uses`` says what each is."""

    code = "seats_would_vanish"
    title = N_("Seats that somebody has would vanish")
    detail = N_(
        "The new plan has no %(seats)s, and they are sold, reserved, offered or kept back. Nothing was moved."
    )


class UnknownHall(Missing):
    code = "unknown_hall"
    title = N_("Unknown hall")
    detail = N_("There is no such hall. Look in the list of halls.")


class HallRefused(Malformed):
    """``problems`` are all that was found, each naming the path or the place, and what was expected."""

    code = "hall_refused"
    title = N_("The hall was not saved")
    detail = N_("%(count)s problems were found in the drawing. Nothing was changed.")


class HallSavedMeanwhile(Conflict):
    """``layout`` is the one that the hall has now."""

    code = "hall_saved_meanwhile"
    title = N_("Somebody else has saved this hall")
    detail = N_(
        "The hall has another drawing than the one you began with. Yours is kept as a draft: compare first."
    )


class HallElsewhere(Conflict):
    code = "hall_elsewhere"
    title = N_("This hall stands elsewhere")
    detail = N_("A hall of that name belongs to another venue. Choose another name.")


class FormatTooNarrow(Conflict):
    code = "format_too_narrow"
    title = N_("This format can't say it")
    detail = N_("The hall can't be written in this format: %(problem)s. Take our own format, which carries all.")


# ── staff ────────────────────────────────────────────────────────────────────────────────────────────────────


class WrongCredentials(Unauthenticated):
    code = "wrong_credentials"
    title = N_("Wrong name or password")
    detail = N_("The name or the password is wrong. Check both and try again.")


class SecondFactorNeeded(Unauthenticated):
    code = "second_factor_needed"
    title = N_("A second step is needed")
    detail = N_("The password is right. Give the code from your telephone as well, or a recovery code.")


class WrongCode(Unauthenticated):
    code = "wrong_code"
    title = N_("Wrong code")
    detail = N_("It is not the code of this moment, or was used before. Wait for the next one and try again.")


class SecondFactorMissing(Forbidden):
    code = "second_factor_missing"
    title = N_("Set up the second step first")
    detail = N_("Your role signs in with a code from a telephone. Set that up, and go on.")


class SecondFactorThere(Conflict):
    code = "second_factor_there"
    title = N_("The second step is set up already")
    detail = N_("To use another telephone, switch it off and set it up again.")


class ScopeMissing(Forbidden):
    code = "scope_missing"
    title = N_("Not what this token is for")
    detail = N_("The token was made for other calls. Ask an administrator for one with the right purpose.")


class TokenExists(Conflict):
    code = "token_exists"
    title = N_("This name is in use")
    detail = N_("There is, or was, a token %(name)s. Choose another name, so that the audit means one alone.")


class UnknownToken(Missing):
    code = "unknown_token"
    title = N_("Unknown token")
    detail = N_("There is no such token. Look at the list of tokens.")


class DeviceRevoked(Unauthenticated):
    code = "device_revoked"
    title = N_("This device is not enrolled any more")
    detail = N_("It was taken out of use at the desk, or its time is over. Ask a supervisor for a new link.")


class UnknownDevice(Missing):
    code = "unknown_device"
    title = N_("Unknown device")
    detail = N_("There is no such device in use. Look at the list of devices.")


class EnrolmentOver(Missing):
    code = "enrolment_over"
    title = N_("This link is over")
    detail = N_("A link enrols one device, once, and within minutes. Ask a supervisor for a new one.")


class StaffExists(Conflict):
    code = "staff_exists"
    title = N_("This login is in use")
    detail = N_("There is an account %(login)s already. Choose another login, or set a new password for it.")


class UnknownStaff(Missing):
    code = "unknown_staff"
    title = N_("Unknown account")
    detail = N_("There is no account %(login)s.")


class LastAdmin(Conflict):
    code = "last_admin"
    title = N_("The last administrator stays")
    detail = N_("Nobody else could administer the house. Make somebody else an administrator first.")


class PasswordLinkOver(Missing):
    code = "password_link_over"
    title = N_("This link is over")
    detail = N_("A link sets a password once, within a day. Ask an administrator for a new one.")


class UnknownKey(Missing):
    code = "unknown_key"
    title = N_("Unknown signing key")
    detail = N_("There is no signing key %(key)s.")


class KeyInUse(Conflict):
    code = "key_in_use"
    title = N_("This key signs the tickets")
    detail = N_("Key %(key)s is the one that signs new codes. Rotate first, then retire it.")


class KeysUsedUp(Conflict):
    code = "keys_used_up"
    title = N_("No key number is left")
    detail = N_("All numbers for signing keys have been given out.")


class NoSigningKey(Unavailable):
    code = "no_signing_key"
    title = N_("No key to sign tickets with")
    detail = N_("No signing key can be used. An administrator must run: ticketing doctor.")
    transient = False


class TooManyTickets(Conflict):
    code = "too_many_tickets"
    title = N_("Too many tickets for one document")
    detail = N_("One document holds at most %(max)s tickets. Open the tickets one by one.")


class FormExpired(Forbidden):
    code = "form_expired"
    title = N_("This form can't be taken any more")
    detail = N_("Open the page again and send the form once more. Nothing was changed.")


class UnknownReport(Missing):
    code = "unknown_report"
    title = N_("Unknown report")
    detail = N_("There is no such report. There are: %(reports)s.")


class InvalidPeriod(Malformed):
    code = "invalid_period"
    title = N_("These days can't be reported on")
    detail = N_(
        "Give either one day of a week, or a first and a last day in this order: at most %(days_max)s days, in the "
        "years 1900 to 2200."
    )


class ReportTooLong(Malformed):
    code = "report_too_long"
    title = N_("The report would be too long")
    detail = N_("It would have more than %(rows_max)s rows. Ask for fewer days, or for one festival.")


class UnknownMonitoringFile(Missing):
    code = "unknown_monitoring_file"
    title = N_("Unknown file")
    detail = N_("There is no such monitoring file. Its list says which there are.")


class WeekNotOver(Conflict):
    code = "week_not_over"
    title = N_("This week is not over")
    detail = N_("Its figures can be closed once it is over everywhere, from %(over_at)s on. Nothing was closed.")


class FestivalNotOver(Conflict):
    code = "festival_not_over"
    title = N_("This festival is not over")
    detail = N_("It can be put away once its last day and its last screening are over, from %(over_at)s on.")


class LedgerNotSealed(Unavailable):
    code = "ledger_not_sealed"
    title = N_("Some entries wait for their number")
    detail = N_("The ledger is sealed within a second or so. Nothing was closed; please try again in a moment.")


# ── before the film ──────────────────────────────────────────────────────────────────────────────────────────


class NoShowsNotDue(Conflict):
    code = "no_shows_not_due"
    title = N_("Not yet, or not here")
    detail = N_(
        "Places of people who have not come are given to others from the moment that the festival's rules name, "
        "and until the end. Nothing was released."
    )


class TicketNotReleased(Conflict):
    code = "ticket_not_released"
    title = N_("This ticket was not released")
    detail = N_("It was given back, exchanged or never paid for, so it can't be made good again.")


class RushNotOpen(Conflict):
    code = "rush_not_open"
    title = N_("Nobody is let in now")
    detail = N_("Tickets for the rush line are given while the doors are open.")


class HouseFull(Conflict):
    code = "house_full"
    title = N_("The house is full")
    detail = N_("No place is free at this moment. Nothing was given.")


class NoAllotmentTariff(Conflict):
    code = "no_allotment_tariff"
    title = N_("These seats have no price by their tariffs")
    detail = N_("None of the tariffs of these seats has a price in this part of the hall. Change them first.")


class NoFreeTariff(Conflict):
    code = "no_free_tariff"
    title = N_("There is no free tariff here")
    detail = N_("This part of the hall has no tariff of the free family. Sell the place at the box office.")


class UnknownAllotment(Missing):
    code = "unknown_allotment"
    title = N_("Unknown allotment")
    detail = N_("This screening has no allotment of that name. Look at its list.")


class AllotmentReleased(Conflict):
    code = "allotment_released"
    title = N_("Released already")
    detail = N_("The seats of this allotment are everybody's by now. Make a new one of those that are free.")


class AllotmentFull(Conflict):
    code = "allotment_full"
    title = N_("Not enough seats left")
    detail = N_("Seats left in this allotment: %(left)s. Name fewer people, or give it more seats.")


class UnknownAllotmentLink(Missing):
    code = "unknown_allotment_link"
    title = N_("This link leads nowhere")
    detail = N_("Copy the whole link from the message that you got, or ask who sent it for a new one.")


class AllotmentLinkOver(Conflict):
    code = "allotment_link_over"
    title = N_("This link is no longer good")
    detail = N_(
        "Its time is over, or it was taken back. Ask who sent it for a new one. Tickets that you have stay good."
    )


class AllotmentLinkUsedUp(Conflict):
    code = "allotment_link_used_up"
    title = N_("Not so many seats are left for this link")
    detail = N_("This link is good for %(left)s more seats. Choose fewer, or ask who sent it.")


class UnknownDelegation(Missing):
    code = "unknown_delegation"
    title = N_("Unknown delegation")
    detail = N_("There is no such delegation here. Open the whole link from your letter, or look in the list.")


class MemberInvited(Conflict):
    code = "member_invited"
    title = N_("A member is invited")
    detail = N_(
        "Somebody who is missing from the list is invited. Take back the invitations first. Nothing was changed."
    )


class UnknownInvitation(Missing):
    code = "unknown_invitation"
    title = N_("Unknown invitation")
    detail = N_("Open the whole link from your letter. If it still leads nowhere, write to who has invited you.")


class InvitationTermsMissing(Conflict):
    code = "invitation_terms_missing"
    title = N_("Nobody can be invited yet")
    detail = N_("Say first how many people may come, and until when they answer.")


class InvitationWithdrawn(Conflict):
    code = "invitation_withdrawn"
    title = N_("This invitation stands no more")
    detail = N_("It was taken back. If that surprises you, write to who has invited you.")


class InvitationTicketed(Conflict):
    code = "invitation_ticketed"
    title = N_("The tickets are issued already")
    detail = N_(
        "The answer can't be changed any more. Tickets that are not needed are given back on their own page."
    )


class AnswersClosed(Conflict):
    code = "answers_closed"
    title = N_("The time to answer is over")
    detail = N_(
        "Answers were awaited until %(answer_by)s. Write to who has invited you: they may still find a way."
    )


class TooManyCompanions(Conflict):
    code = "too_many_companions"
    title = N_("More people than you are invited with")
    detail = N_("This invitation is for you and at most %(max)s more. Your answer is as it was.")


class InvitationsFull(Conflict):
    code = "invitations_full"
    title = N_("Not so many places are left")
    detail = N_("There is room for %(left)s people of your party. Your answer is as it was.")


class InvitationsBeyondBounds(Conflict):
    code = "invitations_beyond_bounds"
    title = N_("More than the invitations come to")
    detail = N_(
        "Fewer people may come than have accepted, or more than 1000 would be invited. Nothing was changed."
    )


class SeatingAllotmentMissing(Conflict):
    code = "seating_allotment_missing"
    title = N_("No seats to give")
    detail = N_("Say in the terms of the invitations which allotment the guests are seated in.")


class UnknownConflict(Missing):
    code = "unknown_conflict"
    title = N_("Unknown conflict")
    detail = N_("There is no such conflict. Look in the list of conflicts.")


class ConflictSettled(Conflict):
    """``by``, ``at``, ``outcome``: who settled it, when and how; ``problem`` says how to a person."""

    code = "conflict_settled"
    title = N_("Somebody else has settled this")
    detail = N_("%(by)s settled it at %(at)s: %(problem)s. That stands. If it is wrong, reopen it first.")


class UnknownGuest(Missing):
    code = "unknown_guest"
    title = N_("Unknown guest")
    detail = N_("There is no such entry on the list of this screening. Search for the name again.")


class GuestsBeyondList(Conflict):
    code = "guests_beyond_list"
    title = N_("The list is full")
    detail = N_("The list of guests holds no more people. Make it longer, or take somebody off it.")


class GuestsBeyondEntry(Conflict):
    code = "guests_beyond_entry"
    title = N_("More people than the entry is for")
    detail = N_("Nobody was let in: this name is good for %(left)s more.")


# ── the counter ──────────────────────────────────────────────────────────────────────────────────────────────


class UnknownVenue(Missing):
    code = "unknown_venue"
    title = N_("Unknown venue")
    detail = N_("There is no venue of that name. Look at the list of venues.")


class UnknownTill(Missing):
    code = "unknown_till"
    title = N_("Unknown till")
    detail = N_("There is no such till in use. Look at the list of tills, or ask a supervisor for one.")


class TillTaken(Conflict):
    code = "till_taken"
    title = N_("This till is open already")
    detail = N_("Somebody works at this till. Choose another one, or let them close it first.")


class ShiftOpen(Conflict):
    code = "shift_open"
    title = N_("You have a till open")
    detail = N_("One person answers for one till at a time. Close yours before you open another.")


class UnknownShift(Missing):
    code = "unknown_shift"
    title = N_("Unknown shift")
    detail = N_("There is no such shift of yours. Open the page of the till again.")


class ShiftClosed(Conflict):
    code = "shift_closed"
    title = N_("This shift is closed")
    detail = N_("It was closed with another count, and a closed shift never changes. Look at its report.")


class CountMissing(Malformed):
    code = "count_missing"
    title = N_("Something was not counted")
    detail = N_("Count the cash, and read the terminal, in each of these: %(currencies)s. Nothing there is 0.")


class NoOpenShift(Conflict):
    code = "no_open_shift"
    title = N_("You have no till open")
    detail = N_("Money is taken and handed out at an open till only. Open yours, then do this again.")


class ByInvitation(Conflict):
    code = "by_invitation"
    title = N_("By invitation only")
    detail = N_("Places at this screening are given by invitation. A supervisor may sell them.")


class EntryNotOpen(Conflict):
    code = "entry_not_open"
    title = N_("Nobody is let in yet")
    detail = N_("Immediate entry begins when the doors open, at %(doors_at)s. Sell in pre-sale until then.")


class TooLittleGiven(Conflict):
    code = "too_little_given"
    title = N_("That is not enough")
    detail = N_("What was given is less than what is to pay. Nothing was sold.")


# ── professionals ────────────────────────────────────────────────────────────────────────────────────────────


class UnknownAccreditation(Missing):
    code = "unknown_accreditation"
    title = N_("Unknown accreditation")
    detail = N_(
        "There is no such accreditation. Look at the list of the festival, or open the link from your mail."
    )


class BadgeSuperseded(Missing):
    code = "badge_superseded"
    title = N_("This badge no longer counts")
    detail = N_("It was replaced by a new one or withdrawn. The one that counts is in the newest mail about it.")


class AccreditationErased(Conflict):
    code = "accreditation_erased"
    title = N_("This accreditation names nobody any more")
    detail = N_("Its personal data were erased. Accredit the person anew.")


class AccreditationsFull(Conflict):
    code = "accreditations_full"
    title = N_("Too many accreditations")
    detail = N_("A festival accredits at most %(max)s people, revoked ones included.")


# ── webhooks ─────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownWebhook(Missing):
    code = "unknown_webhook"
    title = N_("Unknown webhook")
    detail = N_("There is no such webhook or delivery in this festival, or its time is over. Look at the list.")


class WebhookEnded(Conflict):
    code = "webhook_ended"
    title = N_("This webhook is ended")
    detail = N_("Nothing goes there any more. Make a new webhook. Nothing was changed.")


class WebhooksFull(Conflict):
    code = "webhooks_full"
    title = N_("Too many webhooks")
    detail = N_("A festival has at most %(max)s webhooks in use. End one of them first.")


# ── the wire ─────────────────────────────────────────────────────────────────────────────────────────────────


class InvalidField(Malformed):
    code = "invalid_field"
    title = N_("Something in the request is not as it must be")
    detail = N_("%(problem)s. Nothing was changed.")


class BodyTooLarge(Malformed):
    code = "body_too_large"
    title = N_("Too much at once")
    detail = N_("The request is larger than %(bytes_max)s bytes.")


class MethodNotAllowed(Malformed):
    code = "method_not_allowed"
    title = N_("Not possible at this address")
    detail = N_("This address does not take such a request.")


class Unforeseen(TicketingError):
    """A fault of ours (500): what it was stands in the log, and nowhere else."""

    code = "unforeseen"
    title = N_("Something went wrong on our side")
    detail = N_("We have noted it. Please try again; if it stays, write to the organiser.")


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"


def every_error(root: type[TicketingError] = TicketingError) -> Iterator[type[TicketingError]]:
    """All errors of the tree, the root left out, each once, parents before children."""
    for child in root.__subclasses__():
        yield child
        yield from every_error(child)
