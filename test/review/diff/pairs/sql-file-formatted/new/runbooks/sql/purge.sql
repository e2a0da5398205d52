delete from orders
 where account in (select id from accounts where state = 'closed') ; /* flags */
UPDATE totals SET dirty=1 WHERE account>0