"""Whatever others may have written: taken as it stands, or refused in one line."""
