-- Write a source if it still is what the writer last saw, and have it polled at once.
--
-- ARGV: 5 id, 6 its config JSON as last seen, empty for a new one, 7 its JSON from now on, 8 host,
--       9 '1' to forget what earlier polls found, 10 most sources there may be
-- Returns 1, 0 where somebody else was first, -1 where there are too many.
local id, expected, config, host = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local fresh, most = ARGV[9] == '1', tonumber(ARGV[10])
local key = source(id)
local old, state, old_host = unpack(redis.call('HMGET', key, 'config', 'state', 'host'))
if (old or '') ~= expected then return 0 end
if not old and redis.call('ZCARD', index) >= most then return -1 end

if old then
  release(id, old_host) -- a poll under way was of what is no longer so
  redis.call('ZREM', of(old_host, 'due'), id)
  arm(old_host)
end
redis.call('ZADD', index, 0, id)
redis.call('HSET', key, 'config', config, 'host', host)
redis.call('HDEL', key, 'lost')
if fresh or not old then
  unfollow(id)
  redis.call('HDEL', key, 'poll', 'seen')
  enter(id, state, 'ok')
end
queue(id, host, clock())
arm(host)
return 1
