"""The letter with a badge."""

from ticketing.accreditation.badges import badge_page, render_badges_pdf
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.reading import read_accreditation
from ticketing.kernel.i18n import pick, translate
from ticketing.sales.desk import Sales
from ticketing.sales.letters.letter import Attachment, Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload


async def write_badge(sales: Sales, payload: Payload) -> Letter | None:
    """The badge of ``payload["accreditation"]`` for its holder, in their language.

    None once its revision is not ``payload["revision"]``, it was revoked, or nobody is named any more.

    Raises:
        UnknownAccreditation, NoSigningKey, DatabaseUnavailable, TooMany
    """
    desk = Accreditations(sales.context, sales.catalogue, sales.keys)
    badge = await read_accreditation(desk, payload["accreditation"])
    if badge.status == "revoked" or badge.revision != payload["revision"] or badge.email is None:
        return None
    words = badge.locale
    festival = await sales.catalogue.festival(badge.festival)
    name = pick(festival.name, words)
    told = translate(
        "You are accredited to %(festival)s. Your badge is attached; it also opens on a telephone.", words
    )
    return Letter(
        key=f"badge-{badge.accreditation}-{badge.revision}-{payload['request']}",
        to=badge.email,
        locale=words,
        frame=frame_of(festival, words),
        subject=translate("Your badge for %(festival)s", words) % {"festival": name},
        paragraphs=(told % {"festival": name},),
        button=Button(translate("Show my badge", words), badge_page(desk, badge, words)),
        closing=(translate("The badge is personal: whoever has this link can show it in your place.", words),),
        attachments=(
            Attachment(
                f"{translate('badge', words)}-{badge.accreditation}.pdf",
                "application/pdf",
                await render_badges_pdf(desk, [badge], words),
            ),
        ),
    )
