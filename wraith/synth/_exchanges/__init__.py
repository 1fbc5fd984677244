"""Recorded exchanges as synthesis looks at them: decoded once, surveyed, taken apart where one holds many."""
