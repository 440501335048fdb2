-- Take deliveries that are due, each under a lease; first give back those whose lease has ended.
--
-- ARGV: 3 most deliveries to take, 4 ms a lease lasts
-- Returns now, ms when there is next something to do (-1: nothing known), the endpoints' rev, and
-- a flat list of endpoint, delivery, token, task JSON.
local limit, lease_ms = tonumber(ARGV[3]), tonumber(ARGV[4])
local now, taken = clock(), {}
local AT_ONCE = 100 -- bounds the time of one call

for _, lease in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
  local endpoint, delivery, token = lease:match('^(.-)|(.-)|(.-)$')
  redis.call('ZREM', leases, lease)
  if redis.call('HGET', of(endpoint, 'inflight'), delivery) == token then
    redis.call('HDEL', of(endpoint, 'inflight'), delivery)
    redis.call('ZADD', of(endpoint, 'q'), now, delivery)
    arm(endpoint)
  end
end

local function take(endpoint, most)
  local queue, flight = of(endpoint, 'q'), of(endpoint, 'inflight')
  for _, delivery in ipairs(redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, most)) do
    redis.call('ZREM', queue, delivery)
    local task = redis.call('HGET', of(endpoint, 't'), delivery)
    if task then
      local token = redis.call('INCR', tag .. ':claims')
      redis.call('HSET', flight, delivery, token)
      redis.call('ZADD', leases, now + lease_ms, endpoint .. '|' .. delivery .. '|' .. token)
      for _, value in ipairs({ endpoint, delivery, token, task }) do
        taken[#taken + 1] = value
      end
      limit = limit - 1
    end
  end
  arm(endpoint)
end

for _, endpoint in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit)) do
  local free = cap - redis.call('HLEN', of(endpoint, 'inflight'))
  if limit > 0 then take(endpoint, math.min(free, limit)) end
end

local soonest = -1
for _, key in ipairs({ due, leases }) do
  local first = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
  if first and (soonest < 0 or first < soonest) then soonest = first end
end
return { now, soonest, redis.call('GET', endpoints .. ':rev') or '', taken }
