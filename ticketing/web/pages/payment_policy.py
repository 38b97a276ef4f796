"""Which pages of others a form of ours may lead to."""

from ticketing.sales.desk import Sales
from ticketing.web.pages.languages import AnyRequest
from ticketing.web.shell import relax_policy


def let_forms_lead_to_payment(request: AnyRequest, sales: Sales) -> None:
    """For a page whose form is answered with the way to a payment. Browsers hold redirects after a form to the
    page's ``form-action`` too, so without this a buyer would be stopped on the way to the provider's page.
    """
    origins = [origin for provider in sales.providers for origin in provider.leads_to]
    if origins:
        relax_policy(request.scope, "form-action", origins)
