"""Prints how many attacks were tried and how many held, by area."""

from attacks import HELD, TRIED


def pytest_terminal_summary(terminalreporter):
    if not TRIED:
        return
    terminalreporter.section("attacks: area, tried, held")
    for area in sorted(TRIED):
        terminalreporter.write_line(f"{area:44} {TRIED[area]:5} {HELD[area]:5}")
    tried, held = sum(TRIED.values()), sum(HELD.values())
    terminalreporter.write_line(f"{'all':44} {tried:5} {held:5}")
