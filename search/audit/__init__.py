"""What the DPO and the auditor look at: who asked what and why, behaviour to review, the monthly sample, one plate."""
