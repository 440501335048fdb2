-- Take deliveries that are due, each under a lease; first give back those whose lease has ended.
--
-- Returns a flat list of endpoint, delivery, token, the endpoint's failures in a row, task JSON;
-- and how many leases had ended.
local AT_ONCE = 100 -- bounds the time of one call

local function give_back()
  local ended = 0
  for _, lease in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
    local endpoint, delivery, token = lease:match('^(.-)|(.-)|(.-)$')
    redis.call('ZREM', leases, lease)
    if redis.call('HGET', of(endpoint, 'inflight'), delivery) == token then
      local known = standing(endpoint)
      redis.call('HDEL', of(endpoint, 'inflight'), delivery)
      redis.call('ZADD', of(endpoint, 'q'), now, delivery)
      known.in_flight = known.in_flight - 1
      arm(endpoint)
      ended = ended + 1
    end
  end
  return ended
end

-- Tokens start at the clock, in microseconds, and only grow: a server that lost its last writes, or
-- all of them, gives out none that a worker may still hold.
local token
local function next_token()
  if not token then
    token = math.max(tonumber(redis.call('GET', tag .. ':claims') or 0),
      tonumber(string.format('%d%06d', time[1], time[2])))
  end
  token = token + 1
  return string.format('%d', token)
end

local function lease(endpoint, deliveries, tasks, lease_ms, taken)
  local known, flights, ends = standing(endpoint), {}, {}
  for i, delivery in ipairs(deliveries) do
    if tasks[i] then
      local mine = next_token()
      flights[#flights + 1] = delivery
      flights[#flights + 1] = mine
      ends[#ends + 1] = now + lease_ms
      ends[#ends + 1] = endpoint .. '|' .. delivery .. '|' .. mine
      for _, value in ipairs({ endpoint, delivery, mine, known.failing, tasks[i] }) do
        taken[#taken + 1] = value
      end
    end
  end
  if #flights > 0 then
    redis.call('HSET', of(endpoint, 'inflight'), unpack(flights))
    redis.call('ZADD', leases, unpack(ends))
  end
  known.in_flight = known.in_flight + #flights / 2
  return #flights / 2
end

local function take(endpoint, most, lease_ms, taken)
  local queue = of(endpoint, 'q')
  local deliveries = redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, most)
  if #deliveries == 0 then return 0 end
  redis.call('ZREM', queue, unpack(deliveries))
  local tasks = redis.call('HMGET', of(endpoint, 't'), unpack(deliveries))
  return lease(endpoint, deliveries, tasks, lease_ms, taken)
end

local function claim(limit, lease_ms)
  local taken, ended = {}, give_back()
  if limit > 0 then
    for _, endpoint in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit)) do
      local most = math.min(room(standing(endpoint)), limit)
      if most > 0 then limit = limit - take(endpoint, most, lease_ms, taken) end
      arm(endpoint, true)
      if limit == 0 then break end
    end
  end
  if token then redis.call('SET', tag .. ':claims', string.format('%d', token)) end
  return taken, ended
end
