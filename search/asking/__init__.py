"""The one box of the search: what somebody writes in words becomes filters, and what was not understood is told."""
