"""Episodes to be watched, played in a process of their own."""
