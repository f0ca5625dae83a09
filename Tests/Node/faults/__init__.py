"""What the fault checker of a cluster is made of: users, a proxy between nodes, faults, and what must hold."""
