"""The whole house of one process: every package's dependencies, built once."""

import dataclasses

from ticketing.accreditation.desk import Accreditations
from ticketing.door.desk import Door
from ticketing.insight.capacity import Insight
from ticketing.insight.live import FestivalLive
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.sales.book import OrderBook
from ticketing.sales.desk import Sales
from ticketing.sales.providers import Providers
from ticketing.seating.counts import MirrorCounts
from ticketing.seating.holds import Seating
from ticketing.seating.live import Live
from ticketing.seating.mirror import Mirror
from ticketing.tickets.keys import SigningKeys


@dataclasses.dataclass(frozen=True, slots=True)
class House:
    """What handlers and jobs ask for, by name."""

    context: Context
    catalogue: Catalogue
    mirror: Mirror
    counts: MirrorCounts
    live: Live
    seating: Seating
    keys: SigningKeys
    accreditations: Accreditations
    sales: Sales
    door: Door
    insight: Insight
    festival_live: FestivalLive


def build_house(context: Context) -> House:
    """The house on its ground floor."""
    catalogue = Catalogue(context)
    mirror = Mirror(context, catalogue)
    counts = MirrorCounts(mirror)
    seating = Seating(context, catalogue, mirror)
    keys = SigningKeys(context)
    insight = Insight(context, catalogue, counts)
    return House(
        context=context,
        catalogue=catalogue,
        mirror=mirror,
        counts=counts,
        live=Live(mirror),
        seating=seating,
        keys=keys,
        accreditations=Accreditations(context, catalogue, keys),
        sales=Sales(context, catalogue, seating, keys, Providers(context), OrderBook(context.postgres)),
        door=Door(context, catalogue, keys),
        insight=insight,
        festival_live=FestivalLive(insight),
    )
