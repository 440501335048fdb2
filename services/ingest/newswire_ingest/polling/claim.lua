-- Take sources that are due, each under a lease; first give back those whose lease has ended.
--
-- ARGV: 5 most sources to take, 6 ms a lease lasts
-- Returns now, ms when there is next something to do (-1: nothing known), and a flat list of
-- id, token, due ms, config JSON, poll JSON, seen.
local limit, lease_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
local now, taken = clock(), {}
local AT_ONCE = 100 -- bounds the time of one call
-- A poll that ends its process, time and again, must not take the others with it. Those that were
-- merely beside it have to be forgiven for as often as processes are killed in a row.
local FORGIVEN, PAUSE_MS, LONGEST_MS = 5, 60000, 3600000

for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
  local host, due = unpack(redis.call('HMGET', source(id), 'host', 'due'))
  local lost = redis.call('HINCRBY', source(id), 'lost', 1)
  release(id, host)
  if lost > FORGIVEN then
    due = now + math.min(LONGEST_MS, PAUSE_MS * 2 ^ (lost - FORGIVEN - 1))
  end
  queue(id, host, due)
  arm(host)
end

local function take(host)
  local due, flight = of(host, 'due'), of(host, 'flight')
  local free = at_once - redis.call('ZCARD', flight)
  while free > 0 and limit > 0 and ready(host) <= now do
    local id, at = unpack(redis.call('ZRANGE', due, 0, 0, 'WITHSCORES'))
    if not id or tonumber(at) > now then break end
    redis.call('ZREM', due, id)
    take_token(host, now)
    local token = redis.call('INCR', tag .. ':tokens')
    redis.call('HSET', source(id), 'token', token)
    redis.call('ZADD', leases, now + lease_ms, id)
    redis.call('ZADD', flight, now + lease_ms, id)
    local config, poll, seen = unpack(redis.call('HMGET', source(id), 'config', 'poll', 'seen'))
    for _, value in ipairs({ id, token, at, config, poll or '', seen or '' }) do
      taken[#taken + 1] = value
    end
    free, limit = free - 1, limit - 1
  end
  arm(host)
end

for _, host in ipairs(redis.call('ZRANGEBYSCORE', hosts, '-inf', now, 'LIMIT', 0, limit)) do
  if limit > 0 then take(host) end
end

local soonest = -1
for _, key in ipairs({ hosts, leases }) do
  local first = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
  if first and (soonest < 0 or first < soonest) then soonest = math.ceil(first) end
end
return { now, soonest, taken }
