"""`make demo`: the whole product on one machine, with its own database, broker and made-up traffic."""
