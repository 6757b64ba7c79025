"""The gate's rules that the law leaves to the DPO: what each means, what holds now, and confirming them."""
