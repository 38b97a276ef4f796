"""``pytest tests/simulator --seed N --steps N`` walks one seed again, or a new one for as long as you like."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known where this folder is named on the command line; elsewhere the defaults hold."""
    parser.addoption("--seed", type=int, default=None, dest="simulator_seed", help="the seed to walk, alone")
    parser.addoption("--steps", type=int, default=None, dest="simulator_steps", help="how many steps to walk")
