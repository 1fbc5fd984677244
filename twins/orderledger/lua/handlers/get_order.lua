-- GET /orders/{order_id}: an order as it was stored, with what its customer and products are called today. A message
-- is shown of a gift alone.
local books, refuse = wraith.import("books"), wraith.import("refuse")
local key = req.params.order_id
local order = state.get("orders", key)

if order == nil then
  refuse.missing("order", key)
else
  books.join(order)
  if not order.gift then order.gift_message = nil end
  emit.json(order)
end
