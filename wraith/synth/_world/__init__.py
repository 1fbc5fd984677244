"""The world around sessions, and what each answer could depend on: replay with the true answers."""
