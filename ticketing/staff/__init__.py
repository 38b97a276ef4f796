"""Who works here and who may what: accounts, roles, sign-ins, the audit."""
