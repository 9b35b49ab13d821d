--[[
  A page of the queue, counted from its tail: what is sold meanwhile leaves at the head and moves nothing. What comes
  back meanwhile does: then tickets of the page before come again.

  Input:
    KEYS[1] 'queue'

    ARGV[1]  tickets at the tail to leave out
    ARGV[2]  tickets of a page

  Output: tickets, fewer than a page at the end
]]
return redis.call('LRANGE', KEYS[1], -ARGV[1] - ARGV[2], -ARGV[1] - 1)
