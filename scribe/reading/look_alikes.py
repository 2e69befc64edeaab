"""What a pen writes alike, so that only what stands around tells it apart."""

# Uprights, rings, and capitals that are small letters but larger.
LOOK_ALIKES = {
    **dict.fromkeys("I1", "l"),
    **dict.fromkeys("O0", "o"),
    **{letter: letter.lower() for letter in "CKPSUVWXZ"},
}
