-- Take what is due to be looked at again, each under a lease: its score is then the lease's end.
--
--   {pN}:revisits            ZSET    member -> ms when it is due. A member is an article's id; with `=`
--                                    before it, it is for those who link to that article; with `+`,
--                                    for all whom that article concerns
--   {pN}:revisits:claims     HASH    member -> the token of the newest claim and the end of its lease
--   {pN}:revisits:tokens     the last token
--   {pN}:revisits:touched    HASH    id -> JSON of the ids whom an earlier version touched
--   {pN}:revisits:told:<id>  what was last handed on of the article (revisits/told.py), for the window
--
-- KEYS: 1 {pN}:revisits. ARGV: 1 how many at the most, 2 ms that a lease lasts
-- Returns a flat list of member, token, touched, told.
local revisits, lease_ms = KEYS[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now, taken = time[1] * 1000 + math.floor(time[2] / 1000), {}
local lease_end = string.format('%.0f', now + lease_ms)

for _, member in ipairs(redis.call('ZRANGEBYSCORE', revisits, '-inf', now, 'LIMIT', 0, ARGV[1])) do
  local reach, id = string.match(member, '^([=+]?)(.+)$')
  local token = redis.call('INCR', revisits .. ':tokens') .. ':' .. lease_end
  redis.call('ZADD', revisits, lease_end, member)
  redis.call('HSET', revisits .. ':claims', member, token)
  for _, value in ipairs({
    member, token,
    reach == '+' and redis.call('HGET', revisits .. ':touched', id) or '',
    reach == '' and redis.call('GET', revisits .. ':told:' .. id) or '',
  }) do
    taken[#taken + 1] = value
  end
end
return taken
