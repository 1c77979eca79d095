-- Lists by status and by order. What still moves is found in `payments_due`, dead letters in `payments_dead_lettered`, and
-- what has ended here: a payment enters once, when it ends, and its claims and waits write nothing more than before.
--
-- No update becomes dearer in kind: claim, store and settle were never HOT, since they change what other indexes are about
-- (`status`, `next_action_at`, `provider_object_id`), and the sweep's (`dispatch`) still are.
CREATE INDEX payments_ended ON payments (merchant_id, status, id) WHERE status IN ('succeeded', 'declined', 'canceled');

-- The one payment of an order that is not here is in `payments_one_per_order`.
CREATE INDEX payments_ended_unpaid_of_order ON payments (merchant_id, order_reference, id)
  WHERE order_reference IS NOT NULL AND status IN ('declined', 'canceled');
