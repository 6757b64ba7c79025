"""Trial reads: what gateways in state proef send, decoded; masked in the list, in full for few."""
