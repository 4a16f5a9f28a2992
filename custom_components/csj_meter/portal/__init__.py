"""The portal: what tenants without an account see on a phone, behind a private link."""
