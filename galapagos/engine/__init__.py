"""The engine: how a run goes from one generation to the next, is steered, and is started.

What it is made with: `pool` (worker processes), `socket` (what clients speak to), `records` (the run
directory), `episodes` (networks watched at work), and under them `files`. The programs that are started as
processes of their own are `__main__`, `worker`, `episode` and `image_report`.
"""
