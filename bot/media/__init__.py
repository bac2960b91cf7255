"""Pictures and videos. Pixels are touched in short-lived processes only; `processor` is the way to them."""
