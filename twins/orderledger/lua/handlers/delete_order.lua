-- DELETE /orders/{order_id}: only a draft can be deleted. The recordings have tried it with a confirmed order alone;
-- where nothing is wrong the model does it.
local refuse = wraith.import("refuse")
local key = req.params.order_id
local order = state.get("orders", key)

if order ~= nil and order.status ~= "draft" then
  refuse.conflict("order " .. key .. " is " .. order.status .. ": only a draft can be deleted")
end
