--[[
  What a buyer holds, as the value of the hash 'buyers': up to 20 order ids, joined by commas, and behind them '+n' for
  n more, which only count: 'a,b', or 'a,b,...,t,+5'. So a decision takes as long for a buyer who holds thousands. The
  ids need not be the oldest or the newest. Longer lists are of an earlier release, and are cut when they change.
]]
local NAMED = 20

-- The ids, as text, and how many orders there are besides.
local function splitHeld(held)
  local ids, more = string.match(held, '^(.-),?%+(%d+)$')
  if ids then return ids, tonumber(more) end
  return held, 0
end

local function idsIn(ids)
  if ids == '' then return 0 end
  local _, commas = string.gsub(ids, ',', '')
  return commas + 1
end

local function joinHeld(ids, more)
  if more == 0 then return ids ~= '' and ids end
  return (ids == '' and '' or ids .. ',') .. '+' .. string.format('%d', more)
end

local function heldCount(held)
  local ids, more = splitHeld(held)
  return idsIn(ids) + more
end

local function firstHeld(ids)
  local named = {}
  for id in string.gmatch(ids, '[^,]+') do
    if #named == NAMED then break end
    named[#named + 1] = id
  end
  return table.concat(named, ',')
end

local function heldNamed(held) return firstHeld((splitHeld(held))) end

local function withHeld(held, order)
  if not held then return order end
  local ids, more = splitHeld(held)
  local count = idsIn(ids)
  if count < NAMED then return joinHeld(ids == '' and order or ids .. ',' .. order, more) end
  if count > NAMED then ids = firstHeld(ids) end
  return joinHeld(ids, more + count - NAMED + 1)
end

-- False if nothing is left.
local function withoutHeld(held, order)
  if not held then return false end
  local ids, more = splitHeld(held)
  local others = {}
  local found = false
  for id in string.gmatch(ids, '[^,]+') do
    if id == order then found = true else others[#others + 1] = id end
  end
  if not found then more = math.max(0, more - 1) end
  return joinHeld(table.concat(others, ','), more)
end
