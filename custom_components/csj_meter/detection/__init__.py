"""The anomaly engine in Home Assistant: who feeds it, keeps what it knows, and tells what it finds."""
