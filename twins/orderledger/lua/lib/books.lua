-- What the books say of an order: totals that are worked out, and the names and prices of today.
local books = { TAX_PERCENT = 19 }

local function percent_of(amount, percent)
  return (amount * percent + 50) // 100 -- half a cent is rounded up
end

-- Sets what an order comes to, from its lines and its discount.
function books.add_up(order)
  order.subtotal = 0
  for _, line in ipairs(order.lines) do order.subtotal = order.subtotal + line.amount end
  order.discount = percent_of(order.subtotal, order.discount_percent)
  order.tax = percent_of(order.subtotal - order.discount, books.TAX_PERCENT)
  order.total = order.subtotal - order.discount + order.tax
end

-- Sets what an order shows of its customer and its products: what these are called now, at today's price.
function books.join(order)
  order.customer.name = state.get("customers", order.customer.id).name
  for _, line in ipairs(order.lines) do
    local product = state.get("products", line.product.id)
    line.product.name, line.product.price = product.name, product.price
  end
end

function books.save(order)
  state.put("orders", order.id, order)
  emit.json(order)
end

return books
