"""Lists and their entries: who may see, add, validate and revoke them; requests, groups, the DPO's confirmation."""
