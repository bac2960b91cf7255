"""Pictures and videos. Pixels are decoded only in short-lived processes, which `processor` starts."""
