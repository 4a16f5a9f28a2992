"""From a finding to somebody acting on it: alerts, their life, who is told and when."""
