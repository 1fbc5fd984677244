-- Lua's patterns in Lua: what string.find and its kin do, one instruction at a time, so that the limit of
-- instructions bounds them. The native functions are used where a pattern cannot be costly; see strings.lua.
-- The semantics are those of the reference manual of Lua 5.4, section 6.4.1.
local byte, sub, find, error = string.byte, string.sub, string.find, error

local function digit(code) return 48 <= code and code <= 57 end
local function lower(code) return 97 <= code and code <= 122 end
local function upper(code) return 65 <= code and code <= 90 end
local function alpha(code) return lower(code) or upper(code) end
local function graph(code) return 33 <= code and code <= 126 end

-- by the letter of the class; the capital letter is the complement
local CLASSES = {
  [97] = alpha, [100] = digit, [103] = graph, [108] = lower, [117] = upper,
  [99] = function(code) return code < 32 or code == 127 end,
  [112] = function(code) return graph(code) and not alpha(code) and not digit(code) end,
  [115] = function(code) return code == 32 or (9 <= code and code <= 13) end,
  [119] = function(code) return alpha(code) or digit(code) end,
  [120] = function(code) return digit(code) or (97 <= code and code <= 102) or (65 <= code and code <= 70) end,
}

local PERCENT, OPEN, CLOSE, DOLLAR, CARET = 37, 40, 41, 36, 94
local BRACKET, END_BRACKET, DASH, STAR, PLUS, OPTIONAL, DOT = 91, 93, 45, 42, 43, 63, 46
local MAX_CAPTURES, MAX_DEPTH = 32, 150

-- where the single-character class that begins at p ends
local function class_end(pattern, p)
  local code = byte(pattern, p)
  p = p + 1
  if code == PERCENT then
    if p > #pattern then error("malformed pattern (ends with '%')", 0) end
    return p + 1
  elseif code == BRACKET then
    if byte(pattern, p) == CARET then p = p + 1 end
    repeat
      local member = byte(pattern, p)
      if not member then error("malformed pattern (missing ']')", 0) end
      p = p + 1
      if member == PERCENT then p = p + 1 end
    until byte(pattern, p) == END_BRACKET
    return p + 1
  end
  return p
end

local function in_class(code, letter)
  local class = CLASSES[letter]
  if class then return class(code) end
  class = CLASSES[letter + 32]
  if class and upper(letter) then return not class(code) end
  return code == letter
end

local function in_set(code, pattern, p, last)
  local found = true
  p = p + 1
  if byte(pattern, p) == CARET then found, p = false, p + 1 end
  while p < last do
    local member = byte(pattern, p)
    if member == PERCENT then
      p = p + 1
      if in_class(code, byte(pattern, p)) then return found end
      p = p + 1
    elseif byte(pattern, p + 1) == DASH and p + 2 < last then
      if member <= code and code <= byte(pattern, p + 2) then return found end
      p = p + 3
    else
      if member == code then return found end
      p = p + 1
    end
  end
  return not found
end

local function single(m, s, p, after)
  local code = byte(m.subject, s)
  if not code then return false end
  local kind = byte(m.pattern, p)
  if kind == DOT then return true end
  if kind == PERCENT then return in_class(code, byte(m.pattern, p + 1)) end
  if kind == BRACKET then return in_set(code, m.pattern, p, after - 1) end
  return kind == code
end

-- how many characters from s on are of the class at p: one native step, for it can only go straight on
local runs = {}
local function run_length(m, s, p, after)
  local class = sub(m.pattern, p, after - 1)
  local run = runs[class]
  if not run then
    run = "^" .. class .. "*"
    runs[class] = run
  end
  local _, last = find(m.subject, run, s)
  return last - s + 1
end

local match

local function capture_text(m, index)
  local first, size = m.first[index], m.size[index]
  if size == "position" then return first end
  if size == "open" then error("unfinished capture", 0) end
  return sub(m.subject, first, first + size - 1)
end

local function balanced(m, s, p)
  local open, close = byte(m.pattern, p, p + 1)
  if not close then error("malformed pattern (missing arguments to '%b')", 0) end
  if byte(m.subject, s) ~= open then return nil end
  local depth, at = 1, s + 1
  while true do
    local code = byte(m.subject, at)
    if not code then return nil end
    if code == close then
      depth = depth - 1
      if depth == 0 then return at + 1 end
    elseif code == open then
      depth = depth + 1
    end
    at = at + 1
  end
end

-- the end of the match of pattern[p..] at s, or nil; ends are one past the last character
function match(m, s, p)
  m.depth = m.depth + 1
  if m.depth > MAX_DEPTH then error("pattern too complex", 0) end
  local pattern = m.pattern
  local result
  while true do
    local kind = byte(pattern, p)
    if not kind then
      result = s
      break
    end
    local next_kind = byte(pattern, p + 1)
    if kind == OPEN then
      local level = m.level + 1
      if level > MAX_CAPTURES then error("too many captures", 0) end
      m.level, m.first[level] = level, s
      if next_kind == CLOSE then
        m.size[level] = "position"
        result = match(m, s, p + 2)
      else
        m.size[level] = "open"
        result = match(m, s, p + 1)
      end
      if not result then m.level = level - 1 end
      break
    elseif kind == CLOSE then
      local level
      for index = m.level, 1, -1 do
        if m.size[index] == "open" then
          level = index
          break
        end
      end
      if not level then error("invalid pattern capture", 0) end
      m.size[level] = s - m.first[level]
      result = match(m, s, p + 1)
      if not result then m.size[level] = "open" end
      break
    elseif kind == DOLLAR and p == #pattern then
      result = s == #m.subject + 1 and s or nil
      break
    elseif kind == PERCENT and next_kind == 98 then -- %b
      s = balanced(m, s, p + 2)
      if not s then break end
      p = p + 4
    elseif kind == PERCENT and next_kind == 102 then -- %f
      p = p + 2
      if byte(pattern, p) ~= BRACKET then error("missing '[' after '%f' in pattern", 0) end
      local after = class_end(pattern, p)
      local previous = s == 1 and 0 or byte(m.subject, s - 1)
      if in_set(previous, pattern, p, after - 1) then break end
      if not in_set(byte(m.subject, s) or 0, pattern, p, after - 1) then break end
      p = after
    elseif kind == PERCENT and next_kind and next_kind >= 48 and next_kind <= 57 then -- %1
      local index = next_kind - 48
      if index < 1 or index > m.level or m.size[index] == "open" then
        error("invalid capture index %" .. index, 0)
      end
      local text = capture_text(m, index)
      if sub(m.subject, s, s + #text - 1) ~= text then break end
      s, p = s + #text, p + 2
    else
      local after = class_end(pattern, p)
      local suffix = byte(pattern, after)
      if suffix == OPTIONAL then
        if single(m, s, p, after) then
          result = match(m, s + 1, after + 1)
          if result then break end
        end
        p = after + 1
      elseif suffix == STAR or suffix == PLUS then
        for taken = run_length(m, s, p, after), suffix == PLUS and 1 or 0, -1 do
          result = match(m, s + taken, after + 1)
          if result then break end
        end
        break
      elseif suffix == DASH then
        while true do
          result = match(m, s, after + 1)
          if result or not single(m, s, p, after) then break end
          s = s + 1
        end
        break
      else
        if not single(m, s, p, after) then break end
        s, p = s + 1, after
      end
    end
  end
  m.depth = m.depth - 1
  return result
end

local function state(subject, pattern)
  return { subject = subject, pattern = pattern, level = 0, first = {}, size = {}, depth = 0 }
end

local function captures(m, s, e, whole)
  if m.level == 0 and whole then return { sub(m.subject, s, e - 1), n = 1 } end
  local found = { n = m.level }
  for index = 1, m.level do found[index] = capture_text(m, index) end
  return found
end

-- the first match at or after init: start, end (one past), captures
local function search(subject, pattern, init)
  local anchored = byte(pattern, 1) == CARET
  for s = init, anchored and init or #subject + 1 do
    local m = state(subject, pattern)
    local e = match(m, s, anchored and 2 or 1)
    if e then return s, e, m end
  end
  return nil
end

return { search = search, captures = captures, state = state, match = match, class_end = class_end }
