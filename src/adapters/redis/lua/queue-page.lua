--[[
  A page of the queue, counted from its tail: tickets that are sold in the meantime leave at the head and shift
  nothing. Tickets that are returned in the meantime do: then some of the previous page appear again.

  Input:
    KEYS[1] 'queue'

    ARGV[1]  tickets at the tail to skip
    ARGV[2]  size of a page

  Output: tickets, fewer than a page at the end
]]
return redis.call('LRANGE', KEYS[1], -ARGV[1] - ARGV[2], -ARGV[1] - 1)
