-- find, match, gmatch and gsub, so that no pattern costs more than the limits: natively where its worst case is small,
-- else by patterns.lua, whose instructions count. Loaded by prelude.lua with the first pattern that it has not seen.
--
-- longest: by pattern, the longest subject that it is matched on natively; filled in here.
local patterns, longest, most_steps, text_of = ...

local byte, sub, find, match = string.byte, string.sub, string.find, string.match
local gmatch, gsub, concat, unpack = string.gmatch, string.gsub, table.concat, table.unpack
local type, tostring, error = type, tostring, error
local mathtype, tointeger, floor = math.type, math.tointeger, math.floor

-- Where each unbounded repetition tries every place for every other, and each optional part is there and not, that is
-- no more than the steps allowed.
local function longest_for(pattern)
  local anchored = byte(pattern, 1) == 94
  local at, repeated, ways = anchored and 2 or 1, anchored and 0 or 1, 1
  while at <= #pattern do
    local kind = byte(pattern, at)
    if kind == 40 or kind == 41 then
      at = at + 1
    elseif kind == 37 and byte(pattern, at + 1) == 98 then
      repeated, at = repeated + 1, at + 4
    elseif kind == 37 and byte(pattern, at + 1) == 102 then
      at = at + 2
    else
      at = patterns.class_end(pattern, at)
      local suffix = byte(pattern, at)
      if suffix == 42 or suffix == 43 or suffix == 45 then
        repeated, at = repeated + 1, at + 1
      elseif suffix == 63 then
        ways, at = ways * 2, at + 1
      elseif kind == 37 and find(pattern, "^%d", at - 1) then
        repeated = repeated + 1 -- a back-reference compares as much as there is
      end
    end
  end
  local most = most_steps -- of a pattern that fails at once
  if repeated > 0 then most = floor((most_steps / ways) ^ (1 / repeated)) - 1 end
  longest[pattern] = most
  return most
end

local function is_cheap(subject, pattern) return #subject <= (longest[pattern] or longest_for(pattern)) end

local function start_of(subject, init)
  init = init or 1
  if not mathtype(init) then error("bad argument #3 (number expected, got " .. type(init) .. ")", 0) end
  if init < 0 then init = #subject + init + 1 end
  return init < 1 and 1 or init
end

local safe = {}

-- Where a pattern is found, in Lua; nil where it is not.
local function searched(subject, pattern, init)
  init = start_of(subject, init)
  if init > #subject + 1 then return nil end
  return patterns.search(subject, pattern, init)
end

function safe.find(subject, pattern, init, as_is)
  subject, pattern = text_of(subject, "find"), text_of(pattern, "find")
  if as_is then
    if #subject * #pattern > most_steps * 8 then error("the texts are too long", 0) end
    return find(subject, pattern, init, true)
  end
  if is_cheap(subject, pattern) then return find(subject, pattern, init) end
  local s, e, m = searched(subject, pattern, init)
  if not s then return nil end
  local found = patterns.captures(m, s, e, false)
  return s, e - 1, unpack(found, 1, found.n)
end

function safe.match(subject, pattern, init)
  subject, pattern = text_of(subject, "match"), text_of(pattern, "match")
  if is_cheap(subject, pattern) then return match(subject, pattern, init) end
  local s, e, m = searched(subject, pattern, init)
  if not s then return nil end
  local found = patterns.captures(m, s, e, true)
  return unpack(found, 1, found.n)
end

function safe.gmatch(subject, pattern)
  subject, pattern = text_of(subject, "gmatch"), text_of(pattern, "gmatch")
  if is_cheap(subject, pattern) then return gmatch(subject, pattern) end
  local at, last = 1, nil
  return function()
    for s = at, #subject + 1 do
      local m = patterns.state(subject, pattern)
      local e = patterns.match(m, s, 1)
      if e and e ~= last then
        at, last = e, e
        local found = patterns.captures(m, s, e, true)
        return unpack(found, 1, found.n)
      end
    end
    at = #subject + 2
    return nil
  end
end

local function replacement(m, s, e, by)
  local found = patterns.captures(m, s, e, true)
  local whole, value = sub(m.subject, s, e - 1), nil
  if type(by) == "function" then
    value = by(unpack(found, 1, found.n))
  elseif type(by) == "table" then
    value = by[found[1]]
  else
    value = gsub(by, "%%(.)", function(sign)
      if sign == "%" then return "%" end
      if sign == "0" then return whole end
      local index = tointeger(sign)
      if not index or index > found.n then error("invalid use of '%' in replacement string", 0) end
      return found[index]
    end)
  end
  if value == nil or value == false then return whole end
  return text_of(value, "gsub")
end

function safe.gsub(subject, pattern, by, most)
  subject, pattern = text_of(subject, "gsub"), text_of(pattern, "gsub")
  local kind = type(by)
  if kind == "number" then by, kind = tostring(by), "string" end
  if kind ~= "string" and kind ~= "table" and kind ~= "function" then
    error("bad argument #3 to 'gsub' (string/function/table expected, got " .. kind .. ")", 0)
  end
  if most ~= nil and not mathtype(most) then
    error("bad argument #4 to 'gsub' (number expected, got " .. type(most) .. ")", 0)
  end
  if is_cheap(subject, pattern) then return gsub(subject, pattern, by, most) end
  local anchored = byte(pattern, 1) == 94
  local parts, count, at, last = {}, 0, 1, nil
  while count < (most or #subject + 1) do
    local m = patterns.state(subject, pattern)
    local e = patterns.match(m, at, anchored and 2 or 1)
    if e and e ~= last then
      count = count + 1
      parts[#parts + 1] = replacement(m, at, e, by)
      at, last = e, e
    elseif at <= #subject then
      parts[#parts + 1] = sub(subject, at, at)
      at = at + 1
    else
      break
    end
    if anchored then break end
  end
  parts[#parts + 1] = sub(subject, at)
  return concat(parts), count
end

return safe
