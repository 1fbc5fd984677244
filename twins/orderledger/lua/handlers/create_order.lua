-- POST /orders: says what is wrong with an order, in every line of it: the recordings have seen mistakes in the first
-- two. An order that is as it must be is made by the model, which knows the number that comes next.
local fields, lines, refuse = wraith.import("fields"), wraith.import("lines"), wraith.import("refuse")

local RULES = {
  customer = fields.text(20),
  lines = fields.list,
  discount_percent = fields.whole(0, 50),
  gift = fields.boolean,
  gift_message = fields.text(200),
}

if not fields.is_object(req.body) then return end -- the model says what is wrong with that

local problems = {}
local values = fields.read(req.body, RULES, { customer = true }, problems, "")
if values.customer and not state.get("customers", values.customer) then
  problems.customer = "there is no customer " .. values.customer
end
for index, line in ipairs(values.lines or {}) do
  local at = "lines[" .. index - 1 .. "]"
  if fields.is_object(line) then
    lines.read(line, problems, at .. ".")
  else
    problems[at] = "must be an object"
  end
end
if values.gift and req.body.gift_message == nil then problems.gift_message = "is required for a gift" end
refuse.invalid(problems)
