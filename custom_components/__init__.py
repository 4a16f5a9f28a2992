"""Custom integrations of this checkout; a package so that tests can import them."""
