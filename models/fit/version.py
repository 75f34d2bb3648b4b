"""The version of the model, in its own module so that reading it does not load numpy. For `hazard` and the actions."""

MODEL_VERSION = "hazard-2"  # change it whenever priors, columns or the likelihood change
