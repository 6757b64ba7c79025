"""The formats that cameras, engines and gateways send: a module each, and the table that knows them all."""
