"""Walking to shelters: road centre lines made a network, the nearest shelters from everywhere, and the way to them."""
