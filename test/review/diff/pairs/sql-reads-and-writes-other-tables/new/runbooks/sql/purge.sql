-- Orders of closed accounts.
DELETE FROM orders WHERE account IN (SELECT id FROM accounts WHERE state = 'closed');
UPDATE totals SET dirty = 1 WHERE account > 0;
