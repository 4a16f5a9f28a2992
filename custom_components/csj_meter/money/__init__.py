"""Prepayment in Home Assistant: one ledger for the site, accounts that are watched, payments from outside."""
