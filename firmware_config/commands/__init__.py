"""What one can ask at a shell, one module for each command; `__main__` only gathers them."""
