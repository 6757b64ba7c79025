"""Pictures of cars that do not exist: a plate and an overview for every invented passage."""

from simulator.render.passage import render_passage

__all__ = ["render_passage"]
