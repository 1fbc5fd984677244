-- What a field of a request must be. Each rule takes a value that was given and returns what is wrong with it.
local fields = {}

-- Letters, not bytes: what UTF-8 goes on with is not counted.
local function length(text)
  local _, count = text:gsub("[^\128-\191]", "")
  return count
end

function fields.text(longest)
  return function(value)
    if type(value) == "string" and value ~= "" and length(value) <= longest then return nil end
    return "must be text of 1 to " .. longest .. " characters"
  end
end

function fields.whole(least, most)
  return function(value)
    if math.type(value) == "integer" and least <= value and value <= most then return nil end
    return "must be a whole number from " .. least .. " to " .. most
  end
end

function fields.one_of(...)
  local options = { ... }
  return function(value)
    for _, option in ipairs(options) do
      if value == option then return nil end
    end
    return "must be one of " .. table.concat(options, ", ")
  end
end

function fields.boolean(value)
  return type(value) ~= "boolean" and "must be true or false" or nil
end

-- The tables that JSON is read into remember which of both they were.
function fields.is_list(value)
  return type(value) == "table" and getmetatable(value).__jsontype == "array"
end

function fields.is_object(value)
  return type(value) == "table" and getmetatable(value).__jsontype == "object"
end

function fields.list(value)
  return not fields.is_list(value) and "must be a list" or nil
end

-- Returns the fields of a body that are as they must be; what is wrong with the others goes to `problems`, under
-- `at` and their name.
function fields.read(body, rules, required, problems, at)
  local values = {}
  for name, rule in pairs(rules) do
    local value = body[name]
    if value == nil then
      if required[name] then problems[at .. name] = "is required" end
    else
      problems[at .. name] = rule(value)
      if problems[at .. name] == nil then values[name] = value end
    end
  end
  return values
end

return fields
