"""Words and letters cut out of lines and set anew: pages and fonts."""
