-- balance_base is from now on what can be spent; what is held besides and locked (vesting) stands beside it.
ALTER TABLE wallet_balances ADD COLUMN locked_base TEXT NOT NULL DEFAULT '0';
