"""The demo's staff: one account a role, with passwords that stay the same from run to run."""

from ticketing.demo.folder import DemoFolder, random_password
from ticketing.kernel.context import Context
from ticketing.staff.accounts import add_staff, list_staff, set_password
from ticketing.staff.model import Role

# From the widest role to the narrowest; each login is the name of its role.
ROLES = (Role.ADMIN, Role.ORGANISER, Role.SUPERVISOR, Role.BOX_OFFICE, Role.DOOR)


async def ensure_demo_staff(context: Context, folder: DemoFolder) -> dict[str, str]:
    """Make what is missing of the demo's staff, and say all passwords by login.

    Passwords are random, made at the first run and kept in the data folder; ``demo_password`` of the settings
    takes their place where it is set. Nobody is signed out unless a password really changes.
    """
    kept = folder.read_passwords()
    existing = {account.login for account in await list_staff(context)}
    passwords: dict[str, str] = {}
    for role in ROLES:
        login = role.value
        password = context.settings.demo_password or kept.get(login) or random_password()
        if login not in existing:
            await add_staff(context, login, password, role, weak_allowed=True)
        elif kept.get(login) != password:
            await set_password(context, login, password, weak_allowed=True)
        passwords[login] = password
    if passwords != kept:
        folder.write_passwords(passwords)
    return passwords
