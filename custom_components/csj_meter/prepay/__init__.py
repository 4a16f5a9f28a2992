"""Money and credit: the ledger, top-ups, vouchers, tariffs, forecast and statements.

Stands on ``meters``; knows nothing of Home Assistant. Everything that touches the database is a plain
function that blocks: ``TopUps`` and ``Vouchers`` hand it to the runner they are given.
"""
