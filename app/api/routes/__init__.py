"""The routes. Each handler translates, asks the desk, and translates back."""
