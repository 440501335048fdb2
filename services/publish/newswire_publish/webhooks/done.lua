-- Note what became of attempts. The token is the fence: a lease that was lost changes nothing.
--
-- ARGV: for each attempt from 3 on: endpoint, delivery, token, verdict, ms until the next attempt,
--       ms that the whole endpoint is held, task JSON as it now is, <event>:<form>, partition of
--       the event or empty, ms of the event, attempt JSON
--   delivered   finished                     failed   finished, to the endpoint's dead letters
--   retry       back into the queue          gone     as failed, and the endpoint is disabled
-- Returns for each attempt 1, or 0 where its lease was lost; last, 1 where more is due at once.
local now, replies = clock(), {}

local function finish(endpoint, delivery, body, origin, event_ms)
  redis.call('HDEL', of(endpoint, 't'), delivery)
  if origin ~= '' then redis.call('ZADD', tag .. ':done:' .. origin, event_ms, delivery) end
  local key = tag .. ':body:' .. body
  if redis.call('EXISTS', key) == 1 and redis.call('HINCRBY', key, 'n', -1) <= 0 then
    redis.call('UNLINK', key)
  end
end

local function hold(endpoint, milliseconds)
  local key, known = of(endpoint, 'hold'), redis.call('GET', of(endpoint, 'hold')) or 0
  if now + milliseconds > tonumber(known) then
    redis.call('SET', key, string.format('%d', now + milliseconds), 'PX', milliseconds)
  end
end

for at = 3, #ARGV, 11 do
  local endpoint, delivery, token, verdict = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local delay, held = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local task, body, origin, event_ms = ARGV[at + 6], ARGV[at + 7], ARGV[at + 8], ARGV[at + 9]
  local attempt, flight = ARGV[at + 10], of(endpoint, 'inflight')
  local mine = redis.call('HGET', flight, delivery) == token
  replies[#replies + 1] = mine and 1 or 0
  if mine then
    redis.call('HDEL', flight, delivery)
    redis.call('ZREM', leases, endpoint .. '|' .. delivery .. '|' .. token)
    record(endpoint, 'log', LOG, now, verdict == 'retry' and now + delay or 0, attempt)
    if held > 0 then hold(endpoint, held) end
    if verdict == 'retry' then
      redis.call('HSET', of(endpoint, 't'), delivery, task)
      redis.call('ZADD', of(endpoint, 'q'), now + delay, delivery)
    else
      finish(endpoint, delivery, body, origin, event_ms)
      if verdict ~= 'delivered' then record(endpoint, 'dead', DEAD, now, 0, attempt) end
    end
    if verdict == 'gone' then
      redis.call('HSET', states, endpoint, 'disabled')
      changed()
    end
    arm(endpoint)
  end
end

local first = tonumber(redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2])
replies[#replies + 1] = (first and first <= now) and 1 or 0
return replies
