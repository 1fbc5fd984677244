-- The states of an order, and what leads from one to the next.
local books, fields, refuse = wraith.import("books"), wraith.import("fields"), wraith.import("refuse")

local MOVES = {
  confirm = { from = { draft = true }, to = "confirmed", rules = {} },
  cancel = { from = { draft = true, confirmed = true }, to = "cancelled", rules = { reason = fields.text(200) } },
}

-- Takes the order of a request to its next state. `change` sets what that state adds, from the fields of the body.
-- A body that is no object is for the model to refuse.
return function(action, change)
  local key, move = req.params.order_id, MOVES[action]
  local order = state.get("orders", key)
  if order == nil then return refuse.missing("order", key) end
  if req.body ~= nil and not fields.is_object(req.body) then return end
  local problems = {}
  local values = fields.read(req.body or {}, move.rules, {}, problems, "")
  if refuse.invalid(problems) then return end
  if not move.from[order.status] then
    return refuse.conflict("order " .. key .. " is " .. order.status .. ": cannot " .. action)
  end
  if action == "confirm" and #order.lines == 0 then
    return refuse.conflict("order " .. key .. " has no lines: cannot confirm")
  end
  order.status = move.to
  if change then change(order, values) end
  books.join(order)
  books.save(order)
end
