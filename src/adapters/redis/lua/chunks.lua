-- Values to unpack at once: Lua's stack holds 8000. A multiple of the three to read a bit, and of the four to write one.
local CHUNK = 6000

-- One command for each chunk of the values; none if there are none.
local function callInChunks(command, key, values)
  for first = 1, #values, CHUNK do
    redis.call(command, key, unpack(values, first, math.min(#values, first + CHUNK - 1)))
  end
end

