"""Notices: what somebody is told when they next look at a page."""
