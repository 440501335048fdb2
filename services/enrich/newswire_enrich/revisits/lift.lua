-- Embargoes that have ended by the server's clock: their signatures go to every worker's index, and
-- whom they concern is looked at.
--
--   {pN}:revisits:embargo   ZSET  id -> ms when it ends
--   {pN}:revisits:withheld  HASH  id -> version, then a space and the signature. One without is of a
--                                 withdrawal: what it withdrew is not withheld any more if it comes
--                                 late; it goes when its time in `embargo` has come
--
-- KEYS: 1 {pN}:revisits, 2 {pN}:signatures. ARGV: 1 how many at the most, 2 ms of the window
-- Returns how many were due.
local revisits = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local horizon = string.format('%.0f', now - ARGV[2])
local due = redis.call('ZRANGEBYSCORE', revisits .. ':embargo', '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(due) do
  local version, signature = string.match(
    redis.call('HGET', revisits .. ':withheld', id) or '', '^(%d+) (.+)$')
  redis.call('ZREM', revisits .. ':embargo', id)
  redis.call('HDEL', revisits .. ':withheld', id)
  if version then
    redis.call('XADD', KEYS[2], 'MINID', '~', horizon, '*',
               'schema', '1', 'id', id, 'version', version, 'body', signature)
    redis.call('ZADD', revisits, 'LT', string.format('%.0f', now), '+' .. id)
  end
end
return #due
