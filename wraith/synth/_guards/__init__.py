"""Questions about requests and state, and the cheapest tree of them that tells answers apart."""
