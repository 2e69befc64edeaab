"""The figures of scribe.evaluate as text for a terminal."""

_COLUMNS = (
    ("nats per step", "nats_per_step", "{:.4f}"),
    ("per line", "nats_per_line", "{:.1f}"),
    ("x 700", "nats_per_700_steps", "{:.1f}"),
    ("squared error", "squared_error", "{:.3f}"),
    ("pen state right", "pen_accuracy", "{:.2%}"),
)


def of_loss(found: dict) -> str:
    """The dictionary of `scribe.evaluate` without --legibility, as a small table."""
    lines = [
        f"{found['model']} on {found['lines']:,} lines, {found['points']:,} points, of "
        f"the split {found['split']} of {found['corpus']}",
        "",
        f"{'':10}" + "".join(f"{title:>17}" for title, _, _ in _COLUMNS),
    ]
    rows = [("own unit", "own_unit")]
    rows += [(f"Unit {name}", f"unit_{name}") for name in found["units"]]
    for title, key in rows:
        figures = found[key]
        cells = (
            form.format(figures[name]) if name in figures else ""
            for _, name, form in _COLUMNS
        )
        lines.append(f"{title:10}" + "".join(f"{cell:>17}" for cell in cells))
    low, high = found["own_unit"]["nats_per_step_interval"]
    share = found["points_with_the_pen_down"] / found["points"]
    lines += [
        "",
        f"95 % interval over lines: +-{(high - low) / 2:.4f} nats per step",
        f"the pen stays down after {share:.2%} of the points: what always saying so "
        "gets right",
    ]
    for name, unit in found["units"].items():
        lines.append(f"Unit {name} is {unit[0]:.3f} x {unit[1]:.3f} tablet units")
    if found["units_not_defined"]:
        lines.append(f"Units A and B: {found['units_not_defined']}")
    if found["lines_with_other_characters"]:
        lines.append(
            f"{found['lines_with_other_characters']} texts have characters that the "
            "model lacks: replaced by look-alikes, or left out"
        )
    return "\n".join(lines)
