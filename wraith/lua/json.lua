-- JSON values in Lua: taken over from the server, and written as text. Loaded by prelude.lua.
--
-- host(name, ...): asks the server; returns true and what it gives, or false and a message.
-- unmetered(run, ...): runs what costs a handler no instructions.
local host, unmetered = ...

local type, next, rawget, rawequal, tostring, error = type, next, rawget, rawequal, tostring, error
local setmetatable, getmetatable, mathtype = setmetatable, debug.getmetatable, math.type
local find, gsub, format, byte = string.find, string.gsub, string.format, string.byte
local sort, concat, unpack, select = table.sort, table.concat, table.unpack, select

local IS_OBJECT, IS_ARRAY = { __jsontype = "object" }, { __jsontype = "array" }
local null = setmetatable({}, {
  __tostring = function() return "null" end,
  __newindex = function() error("null has no fields", 0) end,
  __metatable = false,
})

-- taken over -------------------------------------------------------------------------------------------------
--
-- A document arrives as a flat row of tokens, in pieces. Texts, numbers and booleans are themselves; nil announces
-- what the next token says: false is null, an integer n >= 0 an object of n members, -n - 1 a list of n elements.

local PIECE = 120 -- tokens at once, at most; _values.py has the same bound
local NOTHING = {}
local tokens, at

local function piece(ok, ...)
  host("bound")
  if not ok then error((...) or "not enough memory", 0) end
  tokens, at = { ... }, 0
end

-- The server's values are pushed where a lack of stack could not be raised, so the places are taken before.
local function fetch(name, ...)
  select("#", unpack(NOTHING, 1, PIECE + 20))
  piece(host(name, ...))
end

local function value_at()
  at = at + 1
  local value = tokens[at]
  if value ~= nil then return value end
  at = at + 1
  local size = tokens[at]
  if size == nil then
    fetch("more")
    return value_at()
  end
  if not size then return null end
  local made = {}
  if size < 0 then
    for index = 1, -size - 1 do
      at = at + 1
      value = tokens[at]
      if value == nil then
        at = at - 1
        value = value_at()
      end
      made[index] = value
    end
    return setmetatable(made, IS_ARRAY)
  end
  for _ = 1, size do
    at = at + 1
    local name = tokens[at]
    if name == nil then
      fetch("more")
      at, name = 1, tokens[1]
    end
    at = at + 1
    value = tokens[at]
    if value == nil then
      at = at - 1
      value = value_at()
    end
    made[name] = value
  end
  return setmetatable(made, IS_OBJECT)
end

local function taken(...)
  fetch(...)
  if tokens[1] == nil and tokens[2] == nil then return nil end -- there is no such document
  return value_at()
end

local function take(...) return unmetered(taken, ...) end

-- written ----------------------------------------------------------------------------------------------------

local MAX_DEPTH = 100

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function escape(sign) return ESCAPES[sign] or format("\\u%04x", byte(sign)) end
local function quoted(text)
  if find(text, '[%c"\\]') then text = gsub(text, '[%c"\\]', escape) end
  return '"' .. text .. '"'
end

local function float_text(value)
  if value ~= value or value == 1 / 0 or value == -1 / 0 then error("JSON has no " .. tostring(value), 0) end
  local short = format("%.15g", value)
  if short + 0.0 ~= value then short = format("%.17g", value) end
  return find(short, "[.eE]") and short or short .. ".0"
end

-- How long the list is that a table is, nil where it is none: its keys are 1 to n, of which no more than every other
-- may be nil.
local function length_of(value)
  local count, most = 0, 0
  for key in next, value do
    count = count + 1
    if key ~= count and (mathtype(key) ~= "integer" or key < 1) then return nil end
    if key > most then most = key end
  end
  if count == 0 then
    local meta = getmetatable(value)
    if meta and rawget(meta, "__jsontype") == "object" then return nil end
  end
  if most > 2 * count + 8 then error("a list with so few of its " .. most .. " elements is no JSON", 0) end
  return most
end

-- The names of an object's members in their order (that of a Lua table differs from run to run), and its keys by name
-- where some are no texts.
local function names_of(value)
  local names, count, keys = {}, 0, nil
  for key in next, value do
    local kind = type(key)
    count = count + 1
    if kind == "string" then
      names[count] = key
    elseif kind == "number" then
      keys = keys or {}
      names[count] = tostring(key)
      keys[names[count]] = key
    else
      error("a " .. kind .. " cannot be the name of a member in JSON", 0)
    end
  end
  sort(names)
  for index = 2, keys and count or 0 do
    if names[index] == names[index - 1] then
      error("two members would have the name " .. names[index], 0)
    end
  end
  return names, count, keys
end

local parts, size -- of the text that is written

-- names as they stand in the text, by name
local first_names = setmetatable({}, {
  __index = function(made, name)
    local text = "{" .. quoted(name) .. ":"
    made[name] = text
    return text
  end,
})
local other_names = setmetatable({}, {
  __index = function(made, name)
    local text = "," .. quoted(name) .. ":"
    made[name] = text
    return text
  end,
})

local write

local function write_list(value, count, depth)
  for index = 1, count do
    size = size + 1
    parts[size] = index == 1 and "[" or ","
    write(rawget(value, index), depth)
  end
  size = size + 1
  parts[size] = count == 0 and "[]" or "]"
end

local function write_object(value, depth)
  local names, count, keys = names_of(value)
  local texts = first_names
  for index = 1, count do
    local name = names[index]
    size = size + 1
    parts[size] = texts[name]
    texts = other_names
    write(rawget(value, keys and keys[name] or name), depth)
  end
  size = size + 1
  parts[size] = count == 0 and "{}" or "}"
end

function write(value, depth)
  local kind = type(value)
  if kind == "string" then
    size = size + 1
    parts[size] = quoted(value)
  elseif kind == "number" then
    size = size + 1
    parts[size] = mathtype(value) == "integer" and value or float_text(value)
  elseif kind == "boolean" then
    size = size + 1
    parts[size] = value and "true" or "false"
  elseif value == nil or rawequal(value, null) then
    size = size + 1
    parts[size] = "null"
  elseif kind == "table" then
    if depth >= MAX_DEPTH then error("deeper than " .. MAX_DEPTH .. " levels", 0) end
    local count = length_of(value)
    if count then write_list(value, count, depth + 1) else write_object(value, depth + 1) end
  else
    error("a " .. kind .. " is no JSON", 0)
  end
end

local function encode(value)
  parts, size = {}, 0
  write(value, 0)
  return concat(parts)
end

return encode, take, null, IS_OBJECT, IS_ARRAY
