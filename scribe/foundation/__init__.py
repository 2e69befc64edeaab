"""What both packages stand on: errors, whole files, command lines, gin, alphabets."""
