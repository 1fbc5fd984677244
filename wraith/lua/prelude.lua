-- The sandbox of a handler. It runs in a runtime of its own, made for one invocation and thrown away after it.
-- What is below is trusted; of what it defines, a handler sees only the table that ENV becomes.
--
-- host: functions of the server. Each returns (true, value) or (false, message) and never raises.
-- limits: instructions, seconds, steps (of a native pattern), text (bytes).
local host, limits, patterns = ...

local real = {
  error = error, getmetatable = debug.getmetatable, pcall = pcall, rawget = rawget, rawlen = rawlen,
  setmetatable = setmetatable, sethook = debug.sethook, type = type, tostring = tostring, select = select,
  find = string.find, match = string.match, gmatch = string.gmatch, gsub = string.gsub, rep = string.rep,
  insert = table.insert, remove = table.remove, concat = table.concat, sort = table.sort,
  unpack = table.unpack, pack = table.pack, format = string.format, byte = string.byte, sub = string.sub,
  mathtype = math.type, next = next, tointeger = math.tointeger, floor = math.floor,
  lower = string.lower,
}

-- limits -----------------------------------------------------------------------------------------------------

local type, rawget = real.type, real.rawget
local STEP = 100
local used, looked, killed = 0, 0, nil

local function spend()
  if not killed then
    used = used + STEP
    if used > limits.instructions then
      killed = "it ran more than " .. limits.instructions .. " instructions"
    else
      looked = looked + 1
      if looked % 4 == 0 and host.seconds() > limits.seconds then
        killed = real.format("it ran longer than %g ms", limits.seconds * 1000)
      end
    end
    -- from here on every instruction raises, so that nothing can catch it and go on
    if killed then real.sethook(spend, "", 1) end
  end
  if killed then real.error(killed, 0) end
end

local function still()
  if not killed and host.seconds() > limits.seconds then
    killed = real.format("it ran longer than %g ms", limits.seconds * 1000)
    real.sethook(spend, "", 1)
  end
  if killed then real.error(killed, 0) end
end

local function after(ok, ...)
  if killed then real.error(killed, 0) end
  return ok, ...
end

local function pcall(run, ...)
  still()
  return after(real.pcall(run, ...))
end

-- tables and texts -------------------------------------------------------------------------------------------

-- Native loops ask metamethods once per element, and go as far as the length says, outside every limit. The length of
-- a table with holes may be any key of it, also one that is far beyond what fits the memory.
local function plain(list, name)
  if type(list) ~= "table" then
    real.error("bad argument #1 to '" .. name .. "' (table expected, got " .. type(list) .. ")", 0)
  end
  local meta = real.getmetatable(list)
  if meta and (rawget(meta, "__len") or rawget(meta, "__index") or rawget(meta, "__newindex")) then
    real.error("bad argument #1 to '" .. name .. "' (a table with metamethods)", 0)
  end
  if real.rawlen(list) > limits.text then
    real.error("bad argument #1 to '" .. name .. "' (a list with so few of its elements)", 0)
  end
  return list
end

local safe_table = {
  pack = real.pack,
  insert = function(list, ...) return real.insert(plain(list, "insert"), ...) end,
  remove = function(list, ...) return real.remove(plain(list, "remove"), ...) end,
  concat = function(list, ...) return real.concat(plain(list, "concat"), ...) end,
  sort = function(list, ...) return real.sort(plain(list, "sort"), ...) end,
  unpack = function(list, ...) return real.unpack(plain(list, "unpack"), ...) end,
}

function safe_table.move(from, first, last, to, into)
  plain(from, "move")
  into = into and plain(into, "move") or from
  if to > first and to <= last and into == from then
    for at = last, first, -1 do into[to + at - first] = from[at] end
  else
    for at = first, last do into[to + at - first] = from[at] end
  end
  return into
end

local function setmetatable(value, meta)
  if type(meta) == "table" then
    local name = rawget(meta, "__gc") ~= nil and "__gc" or rawget(meta, "__mode") ~= nil and "__mode"
      or rawget(meta, "__close") ~= nil and "__close"
    if name then real.error("metatables here have no " .. name, 0) end
  end
  return real.setmetatable(value, meta)
end

local IS_OBJECT, IS_ARRAY = { __jsontype = "object" }, { __jsontype = "array" }

-- The metatables of JSON are shared by tables of ours: what a handler gets of them is a copy.
local function getmetatable(value)
  if type(value) ~= "table" then return nil end
  local meta = real.getmetatable(value)
  if meta == IS_OBJECT or meta == IS_ARRAY then return { __jsontype = meta.__jsontype } end
  local shown = meta and rawget(meta, "__metatable")
  if shown ~= nil then return shown end
  return meta
end

-- The longest subject that a pattern is matched on natively, by pattern: where each unbounded repetition tries every
-- place for every other, and each optional part is there and not, that is no more than the steps allowed.
local longest = {}

local function longest_for(pattern)
  local anchored = real.byte(pattern, 1) == 94
  local at, repeated, ways = anchored and 2 or 1, anchored and 0 or 1, 1
  while at <= #pattern do
    local kind = real.byte(pattern, at)
    if kind == 40 or kind == 41 then
      at = at + 1
    elseif kind == 37 and real.byte(pattern, at + 1) == 98 then
      repeated, at = repeated + 1, at + 4
    elseif kind == 37 and real.byte(pattern, at + 1) == 102 then
      at = at + 2
    else
      at = patterns.class_end(pattern, at)
      local suffix = real.byte(pattern, at)
      if suffix == 42 or suffix == 43 or suffix == 45 then
        repeated, at = repeated + 1, at + 1
      elseif suffix == 63 then
        ways, at = ways * 2, at + 1
      elseif kind == 37 and real.find(pattern, "^%d", at - 1) then
        repeated = repeated + 1 -- a back-reference compares as much as there is
      end
    end
  end
  local most = limits.steps -- of a pattern that fails at once
  if repeated > 0 then most = real.floor((limits.steps / ways) ^ (1 / repeated)) - 1 end
  longest[pattern] = most
  return most
end

local function text_of(value, name)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return real.tostring(value) end
  return real.error("bad argument to '" .. name .. "' (string expected, got " .. kind .. ")", 0)
end

local native_find, native_match = real.find, real.match

local function start_of(subject, init)
  init = init or 1
  if init < 0 then init = #subject + init + 1 end
  return init < 1 and 1 or init
end

local function find(subject, pattern, init, as_is)
  local most = longest[pattern]
  if most and not as_is and type(subject) == "string" and #subject <= most then
    return native_find(subject, pattern, init) -- nearly always, and in few instructions
  end
  subject, pattern = text_of(subject, "find"), text_of(pattern, "find")
  if as_is then
    if #subject * #pattern > limits.steps * 8 then real.error("the texts are too long", 0) end
    return native_find(subject, pattern, init, true)
  end
  if #subject <= (most or longest_for(pattern)) then return native_find(subject, pattern, init) end
  init = start_of(subject, init)
  if init > #subject + 1 then return nil end
  local s, e, m = patterns.search(subject, pattern, init)
  if not s then return nil end
  local found = patterns.captures(m, s, e, false)
  return s, e - 1, real.unpack(found, 1, found.n)
end

local function match(subject, pattern, init)
  local most = longest[pattern]
  if most and type(subject) == "string" and #subject <= most then return native_match(subject, pattern, init) end
  subject, pattern = text_of(subject, "match"), text_of(pattern, "match")
  if #subject <= (most or longest_for(pattern)) then return native_match(subject, pattern, init) end
  init = start_of(subject, init)
  if init > #subject + 1 then return nil end
  local s, e, m = patterns.search(subject, pattern, init)
  if not s then return nil end
  local found = patterns.captures(m, s, e, true)
  return real.unpack(found, 1, found.n)
end

local function gmatch(subject, pattern)
  subject, pattern = text_of(subject, "gmatch"), text_of(pattern, "gmatch")
  if #subject <= (longest[pattern] or longest_for(pattern)) then return real.gmatch(subject, pattern) end
  local at, last = 1, nil
  return function()
    for s = at, #subject + 1 do
      local m = patterns.state(subject, pattern)
      local e = patterns.match(m, s, 1)
      if e and e ~= last then
        at, last = e, e
        local found = patterns.captures(m, s, e, true)
        return real.unpack(found, 1, found.n)
      end
    end
    at = #subject + 2
    return nil
  end
end

local function replacement(m, s, e, by)
  local found = patterns.captures(m, s, e, true)
  local whole, value = real.sub(m.subject, s, e - 1), nil
  if type(by) == "function" then
    value = by(real.unpack(found, 1, found.n))
  elseif type(by) == "table" then
    value = by[found[1]]
  else
    value = real.gsub(by, "%%(.)", function(sign)
      if sign == "%" then return "%" end
      if sign == "0" then return whole end
      local index = real.tointeger(sign)
      if not index or index > found.n then real.error("invalid use of '%' in replacement string", 0) end
      return found[index]
    end)
  end
  if value == nil or value == false then return whole end
  return text_of(value, "gsub")
end

local function gsub(subject, pattern, by, most)
  subject, pattern = text_of(subject, "gsub"), text_of(pattern, "gsub")
  local kind = type(by)
  if kind == "number" then by, kind = real.tostring(by), "string" end
  if kind ~= "string" and kind ~= "table" and kind ~= "function" then
    real.error("bad argument #3 to 'gsub' (string/function/table expected, got " .. kind .. ")", 0)
  end
  if #subject <= (longest[pattern] or longest_for(pattern)) then
    return real.gsub(subject, pattern, by, most)
  end
  local anchored = real.byte(pattern, 1) == 94
  local parts, count, at, last = {}, 0, 1, nil
  while count < (most or #subject + 1) do
    local m = patterns.state(subject, pattern)
    local e = patterns.match(m, at, anchored and 2 or 1)
    if e and e ~= last then
      count = count + 1
      parts[#parts + 1] = replacement(m, at, e, by)
      at, last = e, e
    elseif at <= #subject then
      parts[#parts + 1] = real.sub(subject, at, at)
      at = at + 1
    else
      break
    end
    if anchored then break end
  end
  parts[#parts + 1] = real.sub(subject, at)
  return real.concat(parts), count
end

local function rep(text, count, separator)
  text, separator = text_of(text, "rep"), separator or ""
  if count < 1 or #text + #separator == 0 then return "" end
  if (#text + #separator) * count > limits.text then
    real.error("the text would be longer than " .. limits.text .. " bytes", 0)
  end
  return real.rep(text, count, separator)
end

-- An address would differ from run to run.
local function tostring(value)
  local kind = type(value)
  local meta = kind == "table" and real.getmetatable(value)
  if meta and rawget(meta, "__tostring") then return real.tostring(value) end
  if kind == "table" or kind == "function" or kind == "userdata" then return kind end
  return real.tostring(value)
end

-- The order of a table's keys differs from run to run, so they are gone through in order: numbers, then texts,
-- then what has none.
local function earlier(one, other)
  local kind, other_kind = type(one), type(other)
  if kind ~= other_kind then return kind < other_kind end
  return one < other
end

local function pairs(value)
  local meta = type(value) == "table" and real.getmetatable(value)
  if meta and rawget(meta, "__pairs") then return meta.__pairs(value) end
  if type(value) ~= "table" then
    real.error("bad argument #1 to 'pairs' (table expected, got " .. type(value) .. ")", 0)
  end
  local keys, numbers, texts, others = {}, 0, 0, {}
  for key in real.next, value do
    local kind = type(key)
    if kind == "string" then
      texts = texts + 1
      keys[numbers + texts] = key
    elseif kind == "number" then
      numbers = numbers + 1
      keys[numbers + texts] = key
    else
      others[#others + 1] = key
    end
  end
  if numbers == 0 or texts == 0 then real.sort(keys) else real.sort(keys, earlier) end
  for _, key in ipairs(others) do keys[#keys + 1] = key end
  local at = 0
  return function()
    repeat at = at + 1 until keys[at] == nil or rawget(value, keys[at]) ~= nil
    local key = keys[at]
    if key ~= nil then return key, rawget(value, key) end
  end, value, nil
end

-- Addresses differ from run to run: %p is left out, and what has one is shown by its type.
local forms = {}
local function format(form, ...)
  if not forms[form] then
    form = text_of(form, "format")
    if real.find(real.gsub(form, "%%%%", ""), "%%[^%a]*p") then real.error("%p is left out here", 0) end
    forms[form] = true
  end
  local values = real.pack(...)
  for index = 1, values.n do
    local kind = type(values[index])
    if kind == "table" or kind == "function" then values[index] = tostring(values[index]) end
  end
  return real.format(form, real.unpack(values, 1, values.n))
end

local safe_string = {
  byte = string.byte, char = string.char, find = find, format = format, gmatch = gmatch, gsub = gsub,
  len = string.len, lower = string.lower, match = match, rep = rep, reverse = string.reverse,
  sub = string.sub, upper = string.upper,
}
local text_methods = real.getmetatable("")
text_methods.__index, text_methods.__metatable = safe_string, false

-- JSON -------------------------------------------------------------------------------------------------------

local null = real.setmetatable({}, {
  __tostring = function() return "null" end,
  __newindex = function() real.error("null has no fields", 0) end,
  __metatable = false,
})
local MAX_DEPTH = 100

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function escape(sign) return ESCAPES[sign] or real.format("\\u%04x", real.byte(sign)) end
local function quoted(text) return '"' .. real.gsub(text, '[%c"\\]', escape) .. '"' end

local function number_text(value)
  if real.mathtype(value) == "integer" then return real.format("%d", value) end
  if value ~= value or value == 1 / 0 or value == -1 / 0 then
    real.error("JSON has no " .. real.tostring(value), 0)
  end
  local short = real.format("%.15g", value)
  if short + 0.0 ~= value then short = real.format("%.17g", value) end
  return real.find(short, "[.eE]") and short or short .. ".0"
end

-- Whether a table is a list, and how long: its keys are 1 to n, of which no more than every other may be nil.
local function length_of(value)
  local count, most = 0, 0
  for key in real.next, value do
    if real.mathtype(key) ~= "integer" or key < 1 then return nil end
    count = count + 1
    if key > most then most = key end
  end
  local meta = real.getmetatable(value)
  local said = meta and rawget(meta, "__jsontype")
  if said == "object" and count == 0 then return nil end
  if most > 2 * count + 8 then real.error("a list with so few of its " .. most .. " elements is no JSON", 0) end
  return most
end

local write

local function write_list(parts, value, count, depth)
  for index = 1, count do
    parts[#parts + 1] = index == 1 and "[" or ","
    write(parts, rawget(value, index), depth)
  end
  parts[#parts + 1] = count == 0 and "[]" or "]"
end

local function write_object(parts, value, depth)
  local names, keys = {}, {}
  for key in real.next, value do
    local kind = type(key)
    if kind ~= "string" and kind ~= "number" then
      real.error("a " .. kind .. " cannot be the name of a member in JSON", 0)
    end
    local name = real.tostring(key)
    if keys[name] ~= nil then real.error("two members would have the name " .. name, 0) end
    names[#names + 1], keys[name] = name, key
  end
  real.sort(names) -- the order of a Lua table differs from run to run
  for index, name in ipairs(names) do
    parts[#parts + 1] = (index == 1 and "{" or ",") .. quoted(name) .. ":"
    write(parts, rawget(value, keys[name]), depth)
  end
  parts[#parts + 1] = #names == 0 and "{}" or "}"
end

function write(parts, value, depth)
  local kind = type(value)
  if value == nil or real.rawequal(value, null) then
    parts[#parts + 1] = "null"
  elseif kind == "string" then
    parts[#parts + 1] = quoted(value)
  elseif kind == "number" then
    parts[#parts + 1] = number_text(value)
  elseif kind == "boolean" then
    parts[#parts + 1] = value and "true" or "false"
  elseif kind == "table" then
    if depth >= MAX_DEPTH then real.error("deeper than " .. MAX_DEPTH .. " levels", 0) end
    local count = length_of(value)
    if count then write_list(parts, value, count, depth + 1) else write_object(parts, value, depth + 1) end
  else
    real.error("a " .. kind .. " is no JSON", 0)
  end
end
real.rawequal = rawequal

local function encode(value)
  local parts = {}
  write(parts, value, 0)
  return real.concat(parts)
end

local function ask(name, ...)
  local ok, value = host[name](...)
  if not ok then real.error(value, 0) end
  return value
end

local function decode(text) return ask("decode", text_of(text, "json.decode")) end

local json = {
  encode = encode, decode = decode, null = null,
  array = function(list) return real.setmetatable(list or {}, IS_ARRAY) end,
  object = function(list) return real.setmetatable(list or {}, IS_OBJECT) end,
}

-- what a handler is given ------------------------------------------------------------------------------------

local answer = { status = nil, headers = {}, body = nil, kind = nil }

local emit = {}
function emit.status(code)
  local status = real.mathtype(code) and real.tointeger(code)
  if not status or status < 200 or status > 599 then
    real.error("emit.status takes an integer from 200 to 599, not " .. tostring(code), 0)
  end
  answer.status = status
end
function emit.header(name, value)
  name, value = text_of(name, "emit.header"), text_of(value, "emit.header")
  if not real.find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then
    real.error("emit.header takes a name such as x-total, not " .. real.format("%q", real.sub(name, 1, 40)), 0)
  end
  if real.find(value, "[%z\1-\8\10-\31\127]") then
    real.error("emit.header takes no line breaks and control characters as the value of " .. name, 0)
  end
  if real.find(real.lower(name), "^x%-wraith%-") then
    real.error("emit.header cannot write " .. name .. ": such headers are the server's", 0)
  end
  answer.headers[#answer.headers + 1] = { name, value }
end
function emit.json(value) answer.body, answer.kind = encode(value), "json" end
function emit.body(bytes) answer.body, answer.kind = text_of(bytes, "emit.body"), "bytes" end
function emit.error(status, code, message)
  emit.status(status)
  emit.json({ error = { code = code, message = message } })
end

local function key_of(value, name)
  if real.mathtype(value) == "float" and real.tointeger(value) then value = real.tointeger(value) end
  return text_of(value, name)
end

local state = {
  get = function(kind, id) return ask("get", text_of(kind, "state.get"), key_of(id, "state.get")) end,
  put = function(kind, id, value)
    ask("put", text_of(kind, "state.put"), key_of(id, "state.put"), encode(value))
  end,
  delete = function(kind, id)
    return ask("delete", text_of(kind, "state.delete"), key_of(id, "state.delete"))
  end,
  list = function(kind) return ask("list", text_of(kind, "state.list")) end,
  query = function(kind, field, value)
    return ask("query", text_of(kind, "state.query"), text_of(field, "state.query"), encode(value))
  end,
  count = function(kind) return ask("count", text_of(kind, "state.count")) end,
  counter = function(name) return ask("counter", text_of(name, "state.counter")) end,
}

local clock = {
  now = function() return ask("now") end,
  advance = function(seconds)
    seconds = seconds == nil and 1 or seconds
    if not real.mathtype(seconds) or seconds ~= seconds or seconds < 0 or seconds > 1e10 then
      real.error("clock.advance takes seconds, not " .. tostring(seconds), 0)
    end
    return ask("advance", seconds)
  end,
}

local ENV = {
  assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, pcall = pcall,
  rawequal = rawequal, rawget = rawget, rawlen = rawlen, rawset = rawset, select = select,
  setmetatable = setmetatable, getmetatable = getmetatable, tonumber = tonumber, tostring = tostring,
  type = type, string = safe_string, table = safe_table, _VERSION = _VERSION,
  math = {}, state = state, clock = clock, emit = emit, json = json,
}
for _, name in ipairs({
  "abs", "ceil", "cos", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger", "min", "mininteger",
  "modf", "pi", "random", "sin", "sqrt", "tan", "tointeger", "type", "ult",
}) do
  ENV.math[name] = math[name]
end
ENV.math.pow = function(base, exponent) return base ^ exponent end
ENV._G = ENV
math.randomseed(limits.seed)

-- libraries --------------------------------------------------------------------------------------------------

local loaded, loading = {}, {}
local compile = load

local function import(name)
  name = text_of(name, "wraith.import")
  if loaded[name] ~= nil then return loaded[name] end
  if loading[name] then real.error("the library " .. name .. " imports itself", 0) end
  local source = ask("library", name)
  if source == nil then
    if name == "json" then return json end
    real.error("there is no library lua/lib/" .. name .. ".lua", 0)
  end
  local chunk, problem = compile(source, "@lua/lib/" .. name .. ".lua", "t", ENV)
  if not chunk then real.error(problem, 0) end
  loading[name] = true
  local value = chunk()
  loading[name] = nil
  if value == nil then value = true end
  loaded[name] = value
  return value
end
ENV.wraith = { import = import }

return function(source, name, request)
  local chunk, problem = compile(source, "@" .. name, "t", ENV)
  if not chunk then return false, problem end
  ENV.req = request
  real.sethook(spend, "", STEP)
  local ok, result = real.pcall(function()
    if limits.own_json then ENV.json = import("json") end
    local made = chunk()
    if type(made) == "function" then made(request) end
  end)
  real.sethook()
  if killed then return false, killed end
  if not ok then return false, type(result) == "string" and result or "it raised a " .. type(result) end
  return true, answer.status, answer.headers, answer.body, answer.kind
end, function(value, is_list) return real.setmetatable(value, is_list and IS_ARRAY or IS_OBJECT) end, null
