-- JSON values in Lua: taken over from the server, and written as text. Loaded by prelude.lua.
--
-- host(name, ...): asks the server; returns true and what it gives, or false and a message.
-- bound(): has the memory bounded again.
-- unmetered(run, row, ...): returns run(row, ...), which is paid for by the elements of the row then.
local host, bound, unmetered = ...

local type, next, ipairs, rawget, rawequal, tostring, error = type, next, ipairs, rawget, rawequal, tostring, error
local setmetatable, getmetatable, mathtype = setmetatable, debug.getmetatable, math.type
local find, gsub, format, byte = string.find, string.gsub, string.format, string.byte
local sort, concat, unpack, pcall = table.sort, table.concat, table.unpack, pcall

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

local PIECE = 240 -- tokens at once, at most; _values.py has the same bound
local NOTHING = {}
local tokens, at

local function piece(ok, ...)
  bound() -- first of all: nothing bounds the memory now
  if not ok then error((...) or "not enough memory", 0) end
  tokens, at = { ... }, 0
end

-- What the server gives is pushed where a lack of memory cannot be raised: _host.py lifts the bound for it, and the
-- places on the stack are taken here before.
local function fetch(name, ...)
  if not pcall(unpack, NOTHING, 1, PIECE + 20) then error("not enough memory", 0) end
  piece(host(name, ...))
end

local value_at

local function object_at(count)
  local made = {}
  for _ = 1, count do
    local name, value = tokens[at + 1], tokens[at + 2]
    if value ~= nil then
      at = at + 2
    else -- an announcement, or the end of the piece
      if name == nil then
        fetch("more")
        name = tokens[1]
      end
      at = at + 1
      value = value_at()
    end
    made[name] = value
  end
  return setmetatable(made, IS_OBJECT)
end

local function list_at(count)
  local made = {}
  for index = 1, count do made[index] = value_at() end
  return setmetatable(made, IS_ARRAY)
end

function value_at()
  at = at + 1
  local value = tokens[at]
  if value ~= nil then return value end
  at = at + 1
  local count = tokens[at]
  if count == nil then
    fetch("more")
    return value_at()
  end
  if not count then return null end
  if count < 0 then return list_at(-count - 1) end
  return object_at(count)
end

local function taken(_, ...)
  fetch(...)
  if tokens[1] == nil and tokens[2] == nil then return nil end -- there is no such document
  return value_at()
end

local function take(...) return unmetered(taken, NOTHING, ...) end

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
  if most > 2 * count + 8 then error("a list with so few of its " .. most .. " elements is no JSON", 0) end
  return most
end

-- The keys of an object's members in the order of their names (that of a Lua table differs from run to run), and what
-- stands in the text before each.
local function new_shape(value)
  local raw, count, names, by_name = {}, 0, {}, {}
  for key in next, value do
    local kind = type(key)
    if kind ~= "string" and kind ~= "number" then
      error("a " .. kind .. " cannot be the name of a member in JSON", 0)
    end
    local name = tostring(key)
    count = count + 1
    raw[count], names[count], by_name[name] = key, name, key
  end
  sort(names)
  local keys, texts = {}, {}
  for index, name in ipairs(names) do
    if name == names[index + 1] then error("two members would have the name " .. name, 0) end
    keys[index], texts[index] = by_name[name], (index == 1 and "{" or ",") .. quoted(name) .. ":"
  end
  return { raw = raw, keys = keys, texts = texts }
end

-- Objects that are made alike have the same keys in the same order, so the last shape of each level is remembered.
local function shape_of(value, shapes, level)
  local shape, count = shapes[level], 0
  if shape then
    local raw = shape.raw
    for key in next, value do
      count = count + 1
      if raw[count] ~= key then
        count = -1
        break
      end
    end
    if count == #raw then return shape end
  end
  shape = new_shape(value)
  shapes[level] = shape
  return shape
end

local write

local function write_list(value, count, parts, size, shapes, depth)
  for index = 1, count do
    parts[size + 1] = index == 1 and "[" or ","
    size = write(rawget(value, index), parts, size + 1, shapes, depth)
  end
  parts[size + 1] = "]"
  return size + 1
end

local function write_object(value, parts, size, shapes, depth)
  local shape = shape_of(value, shapes, depth)
  local keys, texts = shape.keys, shape.texts
  for index = 1, #keys do
    local member = value[keys[index]] -- it is there, so no metamethod is asked
    local kind = mathtype(member) or type(member)
    parts[size + 1] = texts[index]
    if kind == "integer" then
      size = size + 2
      parts[size] = member
    elseif kind == "string" and not find(member, '[%c"\\]') then
      size = size + 2
      parts[size] = '"' .. member .. '"'
    else
      size = write(member, parts, size + 1, shapes, depth)
    end
  end
  parts[size + 1] = "}"
  return size + 1
end

local function empty_text(value)
  local meta = getmetatable(value)
  return meta and rawget(meta, "__jsontype") == "object" and "{}" or "[]"
end

-- Writes a value into the parts after the first so many, and returns how many there are then.
function write(value, parts, size, shapes, depth)
  local kind = type(value)
  local text
  if kind == "string" then
    text = quoted(value)
  elseif kind == "number" then
    text = mathtype(value) == "integer" and value or float_text(value)
  elseif kind == "boolean" then
    text = value and "true" or "false"
  elseif value == nil or rawequal(value, null) then
    text = "null"
  elseif kind ~= "table" then
    error("a " .. kind .. " is no JSON", 0)
  elseif depth >= MAX_DEPTH then
    error("deeper than " .. MAX_DEPTH .. " levels", 0)
  else
    local first = next(value)
    if first == nil then
      text = empty_text(value)
    else
      local count = type(first) ~= "string" and length_of(value)
      if count then return write_list(value, count, parts, size, shapes, depth + 1) end
      return write_object(value, parts, size, shapes, depth + 1)
    end
  end
  parts[size + 1] = text
  return size + 1
end

local function written(parts, value)
  write(value, parts, 0, {}, 0)
  return concat(parts)
end

local function encode(value) return unmetered(written, {}, value) end

return encode, take, null, IS_OBJECT, IS_ARRAY
