"""What each route does to which entity: collections, keys and operations, from where keys stand."""
