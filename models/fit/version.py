"""The model's version, apart from the model, so that whoever only names it loads no numpy. For `hazard` and the actions."""

MODEL_VERSION = "hazard-2"  # change it whenever priors, columns or the likelihood change
