"""How good an output is: one module a metric."""
