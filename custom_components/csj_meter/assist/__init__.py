"""What Assist and language models may ask: read-only, and nobody hears more than they may see."""
