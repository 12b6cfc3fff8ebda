"""The screens of the dashboard, each with its style sheet beside it."""
