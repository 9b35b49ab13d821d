--[[
  Runs a script for each of several sales, behind the fence of each, as if each had been called by itself: what keeps one from
  its answer, be it the fence or an error, does not affect the others. The script is the function `one` before this text.

  Input:
    KEYS       those of the script, of each sale
    ARGV[1]    JSON, an array: how many arguments each sale has
    ARGV[2..]  the arguments of each sale
    ARGV[last] run_id of the Redis that the caller is connected to

  Output: the output of the script for each sale, which may be an error
]]
local runId = table.remove(ARGV)
local counts = cjson.decode(table.remove(ARGV, 1))
local width, first = #KEYS / #counts, 0
local replies = {}
for i = 1, #counts do
  local keys, args = { unpack(KEYS, (i - 1) * width + 1, i * width) }, { unpack(ARGV, first + 1, first + counts[i]) }
  first = first + counts[i]
  args[#args + 1] = runId
  local done, reply = pcall(one, keys, args)
  -- Redis 7 raises errors as tables, earlier ones as texts.
  if not done and type(reply) ~= 'table' then reply = { err = tostring(reply) } end
  -- Nil would end the array.
  if reply == nil then reply = false end
  replies[i] = reply
end
return replies
