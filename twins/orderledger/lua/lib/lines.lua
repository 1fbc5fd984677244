-- The lines of an order, as requests ask for them.
local fields = wraith.import("fields")
local lines = {}

local RULES = { product = fields.text(20), quantity = fields.whole(1, 1000) }

-- Returns the product and the quantity that a line asks for, each nil where there is a problem with it, which is put
-- under `at` and the name of the field.
function lines.read(line, problems, at)
  local values = fields.read(line, RULES, { product = true, quantity = true }, problems, at)
  local product = values.product and state.get("products", values.product)
  if values.product and not product then
    problems[at .. "product"] = "there is no product " .. values.product
  end
  return product, values.quantity
end

-- Adds a line at today's price, which stays that of the line when the product's changes.
function lines.add(order, product, quantity)
  local last = order.lines[#order.lines]
  order.lines[#order.lines + 1] = {
    number = last and last.number + 1 or 1,
    product = { id = product.id },
    quantity = quantity,
    unit_price = product.price,
    amount = quantity * product.price,
  }
end

return lines
