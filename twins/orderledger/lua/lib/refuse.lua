-- What the shop says when it does not do what it is asked.
local refuse = {}

local function emit_error(status, code, message, fields)
  emit.status(status)
  emit.json({ error = { code = code, message = message, fields = fields } })
end

function refuse.missing(kind, key)
  emit_error(404, "not_found", "there is no " .. kind .. " " .. key)
end

function refuse.conflict(message)
  emit_error(409, "conflict", message)
end

-- Refuses a request whose fields have problems, by name; returns whether it did.
function refuse.invalid(problems)
  local count = 0
  for _ in pairs(problems) do count = count + 1 end
  if count == 0 then return false end
  local said = count == 1 and "1 field is not valid" or count .. " fields are not valid"
  emit_error(422, "invalid", said, problems)
  return true
end

return refuse
