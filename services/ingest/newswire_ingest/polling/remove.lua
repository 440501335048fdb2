-- Forget a source; a poll of it that is under way has nothing left to note.
--
-- ARGV: 5 id
-- Returns 1, or 0 where there is no such source.
local id = ARGV[5]
local state, host = unpack(redis.call('HMGET', source(id), 'state', 'host'))
if not host then return 0 end
release(id, host)
redis.call('ZREM', of(host, 'due'), id)
redis.call('ZREM', index, id)
redis.call('SREM', tag .. ':state:' .. state, id)
redis.call('DEL', source(id), hours(id))
unfollow(id)
arm(host)
return 1
