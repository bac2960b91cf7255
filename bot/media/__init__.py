"""Pictures and footage. Pixels are touched in short-lived processes only; `darkroom` is the door to them."""
