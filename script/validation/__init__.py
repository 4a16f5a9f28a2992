"""What Home Assistant's and the marketplace's own checks look at, looked at without the internet.

Those checks run in containers of their own makers (.github/workflows/validate.yaml); these say beforehand
what they would say. Each check takes the ``Repository`` and yields one sentence for each thing that is wrong.
"""
