-- The sandbox of a handler. It runs in a runtime of its own, made for one invocation and thrown away after it, and so
-- does this file: what few handlers need is in the other files, and loaded when it is needed.
-- What is below is trusted; of what it defines, a handler sees only the table that ENV becomes.
--
-- host(name, ...): asks the server. It returns true and values, or false and a message, and never raises.
-- bound(): has the memory bounded, which it is not when the server has given something; see _host.py.
-- seconds(): since the invocation began.
-- most_*: the limits: instructions, seconds, steps (of a native pattern), bytes (of a text).
-- *_code: the other files, as bytecode.
--
-- The bytecode has neither lines nor names of locals. Native functions whose errors a handler may see are called as
-- fields of their table, for then the error has their name.
local host, bound, seconds, most_instructions, most_seconds, most_steps, most_bytes, seed, source, place, own_json,
  json_code, strings_code, patterns_code = ...

-- The heap is small and soon thrown away. Lua collects before it says that the memory does not suffice, also now.
collectgarbage("stop")

local type, next, select, error, ipairs, tonumber = type, next, select, error, ipairs, tonumber
local rawget, rawlen, rawequal, rawset, load = rawget, rawlen, rawequal, rawset, load
local real_pcall, real_tostring, real_getmetatable = pcall, tostring, debug.getmetatable
local string, table, math, sethook = string, table, math, debug.sethook
local find, format, unpack, pack, mathtype = string.find, string.format, table.unpack, table.pack, math.type

local function part(code, name, ...)
  local chunk, problem = load(code, name, "b")
  if not chunk then error(problem, 0) end
  return chunk(...)
end

-- limits -----------------------------------------------------------------------------------------------------

local STEP = 100
local used, looked, killed = 0, 0, nil

-- From here on every instruction raises, so that nothing can catch it and go on.
local spend
local function kill(reason)
  killed = reason
  sethook(spend, "", 1)
  error(killed, 0)
end

local function look()
  if seconds() > most_seconds then kill(format("it ran longer than %g ms", most_seconds * 1000)) end
end

local function pay(instructions)
  used = used + instructions
  if used > most_instructions then kill("it ran more than " .. most_instructions .. " instructions") end
end

function spend()
  if killed then error(killed, 0) end
  pay(STEP)
  looked = looked + 1
  if looked % 4 == 0 then look() end
end

local function still()
  if killed then error(killed, 0) end
  look()
end

local function after(ok, ...)
  if killed then error(killed, 0) end
  return ok, ...
end

local function pcall(run, ...)
  still()
  return after(real_pcall(run, ...))
end

-- With a hook each instruction takes twice its time. Code of the sandbox that memory bounds runs without it, and is
-- paid for by the elements of a row that it fills, also where it fails; the step that had begun counts whole. Nothing
-- can leave the hook away: it is taken off in a protected call, and to set it again takes no memory, and no more of the
-- stack than that call took.
local PRICE = 8 -- about a quarter of the instructions that an element takes

local function unhooked(run, ...)
  sethook()
  return run(...)
end

local function hooked(row, ok, value)
  sethook(spend, "", STEP)
  pay(STEP + PRICE * #row)
  look()
  if not ok then error(value, 0) end
  return value
end

local function unmetered(run, row, ...)
  if killed then error(killed, 0) end
  return hooked(row, real_pcall(unhooked, run, row, ...))
end

local encode, take, null, IS_OBJECT, IS_ARRAY = part(json_code, "=json", host, bound, unmetered)

-- tables -----------------------------------------------------------------------------------------------------

-- Native loops ask metamethods once per element, and go as far as the length says, outside every limit. The length of
-- a table with holes may be any key of it, also one that is far beyond what fits the memory.
local function plain(list, name)
  if type(list) ~= "table" then
    error("bad argument #1 to '" .. name .. "' (table expected, got " .. type(list) .. ")", 0)
  end
  local meta = real_getmetatable(list)
  if meta and (rawget(meta, "__len") or rawget(meta, "__index") or rawget(meta, "__newindex")) then
    error("bad argument #1 to '" .. name .. "' (a table with metamethods)", 0)
  end
  if rawlen(list) > most_bytes then
    error("bad argument #1 to '" .. name .. "' (a list with so few of its elements)", 0)
  end
  return list
end

local safe_table = {
  pack = pack,
  insert = function(list, ...) return table.insert(plain(list, "insert"), ...) end,
  remove = function(list, ...) return table.remove(plain(list, "remove"), ...) end,
  concat = function(list, ...) return table.concat(plain(list, "concat"), ...) end,
  sort = function(list, ...) return table.sort(plain(list, "sort"), ...) end,
  unpack = function(list, ...) return table.unpack(plain(list, "unpack"), ...) end,
}

function safe_table.move(from, first, last, to, into)
  plain(from, "move")
  if not (mathtype(first) and mathtype(last) and mathtype(to)) then
    error("bad argument to 'move' (number expected)", 0)
  end
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
    if name then error("metatables here have no " .. name, 0) end
  end
  return _G.setmetatable(value, meta)
end

-- The metatables of JSON are shared by tables of ours: what a handler gets of them is a copy.
local function getmetatable(value)
  if type(value) ~= "table" then return nil end
  local meta = real_getmetatable(value)
  if meta == IS_OBJECT or meta == IS_ARRAY then return { __jsontype = meta.__jsontype } end
  local shown = meta and rawget(meta, "__metatable")
  if shown ~= nil then return shown end
  return meta
end

-- texts ------------------------------------------------------------------------------------------------------

local function text_of(value, name)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return real_tostring(value) end
  return error("bad argument to '" .. name .. "' (string expected, got " .. kind .. ")", 0)
end

-- Nearly every pattern is one that was seen before, on a subject that it is matched on natively, in few instructions.
-- The rest is in strings.lua.
local longest, strings = {}, nil

local function careful()
  strings = strings or part(strings_code, "=strings", part(patterns_code, "=patterns"), longest, most_steps, text_of)
  return strings
end

local function safe_find(subject, pattern, init, as_is)
  local most = longest[pattern]
  if most and not as_is and type(subject) == "string" and #subject <= most then return find(subject, pattern, init) end
  return careful().find(subject, pattern, init, as_is)
end

local match = string.match

local function safe_match(subject, pattern, init)
  local most = longest[pattern]
  if most and type(subject) == "string" and #subject <= most then return match(subject, pattern, init) end
  return careful().match(subject, pattern, init)
end

local function safe_gmatch(subject, pattern) return careful().gmatch(subject, pattern) end

local function safe_gsub(subject, pattern, by, most) return careful().gsub(subject, pattern, by, most) end

local function rep(text, count, separator)
  text, separator = text_of(text, "rep"), separator and text_of(separator, "rep") or ""
  if not mathtype(count) then error("bad argument #2 to 'rep' (number expected, got " .. type(count) .. ")", 0) end
  if count < 1 or #text + #separator == 0 then return "" end
  if (#text + #separator) * count > most_bytes then
    error("the text would be longer than " .. most_bytes .. " bytes", 0)
  end
  return string.rep(text, count, separator)
end

-- An address would differ from run to run.
local function tostring(value)
  local kind = type(value)
  local meta = kind == "table" and real_getmetatable(value)
  if meta and rawget(meta, "__tostring") then return real_tostring(value) end
  if kind == "table" or kind == "function" or kind == "userdata" then return kind end
  return real_tostring(value)
end

-- The order of a table's keys differs from run to run, so they are gone through in order: numbers, then texts,
-- then what has none.
local function earlier(one, other)
  local kind, other_kind = type(one), type(other)
  if kind ~= other_kind then return kind < other_kind end
  return one < other
end

local function pairs(value)
  local meta = type(value) == "table" and real_getmetatable(value)
  if meta and rawget(meta, "__pairs") then return meta.__pairs(value) end
  if type(value) ~= "table" then
    error("bad argument #1 to 'pairs' (table expected, got " .. type(value) .. ")", 0)
  end
  local keys, numbers, texts, others = {}, 0, 0, {}
  for key in next, value do
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
  if numbers == 0 or texts == 0 then table.sort(keys) else table.sort(keys, earlier) end
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
local function safe_format(form, ...)
  if not forms[form] then
    form = text_of(form, "format")
    if find(string.gsub(form, "%%%%", ""), "%%[^%a]*p") then error("%p is left out here", 0) end
    forms[form] = true
  end
  local values = pack(...)
  for index = 1, values.n do
    local kind = type(values[index])
    if kind == "table" or kind == "function" then values[index] = tostring(values[index]) end
  end
  return string.format(form, unpack(values, 1, values.n))
end

local safe_string = {
  byte = string.byte, char = string.char, find = safe_find, format = safe_format, gmatch = safe_gmatch,
  gsub = safe_gsub, len = string.len, lower = string.lower, match = safe_match, rep = rep,
  reverse = string.reverse, sub = string.sub, upper = string.upper,
}
local text_methods = real_getmetatable("")
text_methods.__index, text_methods.__metatable = safe_string, false

-- what a handler is given ------------------------------------------------------------------------------------

local function told(ok, value)
  if ok then return value end
  bound()
  return error(value or "not enough memory", 0)
end
local function ask(...) return told(host(...)) end

local json = {
  encode = encode, null = null,
  decode = function(text) return take("decode", text_of(text, "json.decode")) end,
  array = function(list) return _G.setmetatable(list or {}, IS_ARRAY) end,
  object = function(list) return _G.setmetatable(list or {}, IS_OBJECT) end,
}

local status, body, kind
local headers, emit = {}, {}
function emit.status(code)
  local whole = mathtype(code) and math.tointeger(code)
  if not whole or whole < 200 or whole > 599 then
    error("emit.status takes an integer from 200 to 599, not " .. tostring(code), 0)
  end
  status = whole
end
function emit.header(name, value)
  name, value = text_of(name, "emit.header"), text_of(value, "emit.header")
  if not find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then
    error("emit.header takes a name such as x-total, not " .. format("%q", string.sub(name, 1, 40)), 0)
  end
  if find(value, "[%z\1-\8\10-\31\127]") then
    error("emit.header takes no line breaks and control characters as the value of " .. name, 0)
  end
  if find(string.lower(name), "^x%-wraith%-") then
    error("emit.header cannot write " .. name .. ": such headers are the server's", 0)
  end
  headers[#headers + 1] = name
  headers[#headers + 1] = value
end
function emit.json(value) body, kind = encode(value), "json" end
function emit.body(bytes) body, kind = text_of(bytes, "emit.body"), "bytes" end
function emit.error(status, code, message)
  emit.status(status)
  emit.json({ error = { code = code, message = message } })
end

local function key_of(value, name)
  if mathtype(value) == "float" then value = math.tointeger(value) or value end
  return text_of(value, name)
end

local state = {
  get = function(kind, id) return take("get", text_of(kind, "state.get"), key_of(id, "state.get")) end,
  put = function(kind, id, value)
    ask("put", text_of(kind, "state.put"), key_of(id, "state.put"), encode(value))
  end,
  delete = function(kind, id)
    return ask("delete", text_of(kind, "state.delete"), key_of(id, "state.delete"))
  end,
  list = function(kind) return take("list", text_of(kind, "state.list")) end,
  query = function(kind, field, value)
    return take("query", text_of(kind, "state.query"), text_of(field, "state.query"), encode(value))
  end,
  count = function(kind) return ask("count", text_of(kind, "state.count")) end,
  counter = function(name) return ask("counter", text_of(name, "state.counter")) end,
}

local clock = {
  now = function() return ask("now") end,
  advance = function(seconds)
    seconds = seconds == nil and 1 or seconds
    if not mathtype(seconds) or seconds ~= seconds or seconds < 0 or seconds > 1e10 then
      error("clock.advance takes seconds, not " .. tostring(seconds), 0)
    end
    return ask("advance", seconds)
  end,
}

local ENV = {
  assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, pcall = pcall,
  rawequal = rawequal, rawget = rawget, rawlen = rawlen, rawset = rawset, select = select,
  setmetatable = setmetatable, getmetatable = getmetatable, tonumber = tonumber, tostring = tostring,
  type = type, string = safe_string, table = safe_table, _VERSION = _VERSION,
  state = state, clock = clock, emit = emit, json = json,
  math = {
    abs = math.abs, ceil = math.ceil, cos = math.cos, exp = math.exp, floor = math.floor, fmod = math.fmod,
    huge = math.huge, log = math.log, max = math.max, maxinteger = math.maxinteger, min = math.min,
    mininteger = math.mininteger, modf = math.modf, pi = math.pi, random = math.random, sin = math.sin,
    sqrt = math.sqrt, tan = math.tan, tointeger = math.tointeger, type = math.type, ult = math.ult,
    pow = function(base, exponent) return base ^ exponent end,
  },
}
ENV._G = ENV
math.randomseed(seed)

-- libraries --------------------------------------------------------------------------------------------------

local loaded, loading = {}, {}

local function import(name)
  name = text_of(name, "wraith.import")
  if loaded[name] ~= nil then return loaded[name] end
  if loading[name] then error("the library " .. name .. " imports itself", 0) end
  local source = take("library", name)
  if source == nil then
    if name == "json" then return json end
    error("there is no library lua/lib/" .. name .. ".lua", 0)
  end
  local chunk, problem = load(source, "@lua/lib/" .. name .. ".lua", "t", ENV)
  if not chunk then error(problem, 0) end
  loading[name] = true
  local value = chunk()
  loading[name] = nil
  if value == nil then value = true end
  loaded[name] = value
  return value
end
ENV.wraith = { import = import }

-- the run ----------------------------------------------------------------------------------------------------

bound() -- the source was given before
ENV.req = _G.setmetatable(take("request"), nil)
local chunk, problem = load(source, "@" .. place, "t", ENV)
if not chunk then return false, problem end
used = 0 -- what was done until here is ours
local ok, result = real_pcall(function()
  if own_json then ENV.json = import("json") end
  local made = chunk()
  if type(made) == "function" then made(ENV.req) end
end)
sethook()
if killed then return false, killed end
if not ok then return false, type(result) == "string" and result or "it raised a " .. type(result) end

local function reply(fits, ...)
  if not fits then return false, "not enough memory" end
  return true, status, body, kind, ...
end
return reply(real_pcall(unpack, headers))
