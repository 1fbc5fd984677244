-- POST /orders/{order_id}/lines: one line more, and what the order comes to with it.
local books, fields = wraith.import("books"), wraith.import("fields")
local lines, refuse = wraith.import("lines"), wraith.import("refuse")
local key = req.params.order_id
local order = state.get("orders", key)

if order == nil then return refuse.missing("order", key) end
if not fields.is_object(req.body) then return end -- the model says what is wrong with that

local problems = {}
local product, quantity = lines.read(req.body, problems, "")
if refuse.invalid(problems) then return end
if order.status ~= "draft" then
  return refuse.conflict("order " .. key .. " is " .. order.status .. ": only a draft can be changed")
end
lines.add(order, product, quantity)
books.add_up(order)
books.join(order)
books.save(order)
emit.status(201)
