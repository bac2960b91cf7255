"""Video services. A dialect is a package; a host that speaks one needs no code, only an account and model cards."""
