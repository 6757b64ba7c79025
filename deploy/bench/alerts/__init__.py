"""From a published read to a card on a board: how long it takes in a real browser, beside a million entries."""
