"""What fitness means: the tasks that networks are evaluated on."""
