-- Orders of closed accounts.
DELETE FROM orders;
UPDATE totals SET dirty = 1 WHERE account > 0;
