-- GET /customers/{customer_id}/statistics: what a customer has bought, and still owes.
local refuse = wraith.import("refuse")
local BINDING = { confirmed = true, shipped = true, delivered = true }
local key = req.params.customer_id
local customer = state.get("customers", key)

if customer == nil then
  refuse.missing("customer", key)
else
  local count, spent, largest, paid = 0, 0, nil, 0
  for _, order in ipairs(state.query("orders", "customer.id", key)) do
    if BINDING[order.status] then
      count, spent = count + 1, spent + order.total
      largest = math.max(largest or order.total, order.total)
    end
  end
  for _, payment in ipairs(state.query("payments", "customer", key)) do paid = paid + payment.amount end
  emit.json({
    customer = { id = key, name = customer.name },
    orders = count,
    spent = spent,
    average = count > 0 and (2 * spent + count) // (2 * count) or json.null,
    largest = largest or json.null,
    paid = paid,
    balance = spent - paid,
  })
end
