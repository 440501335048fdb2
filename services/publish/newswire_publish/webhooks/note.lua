-- Note what became of attempts. The token is the fence: a lease that was lost changes nothing.
--
-- Arguments, for each attempt: endpoint, delivery, token, verdict, ms until the next attempt, ms that
--   the whole endpoint is held, attempts in a row that did not reach it, task JSON as it now is
--   (where it is tried again), partition of the event or empty, ms of the event, attempt JSON
--   delivered   finished                     failed   finished, to the endpoint's dead letters
--   retry       back into the queue          gone     as failed, and the endpoint is disabled
--   released    back into the queue as if it had never been claimed
-- Returns for each attempt 1, or 0 where its lease was lost.
local function keep_pace(endpoint, hold, failing)
  local known, key = standing(endpoint), of(endpoint, 'pace')
  if failing == 0 and known.failing > 0 then
    redis.call('HDEL', key, 'failing')
    known.failing = 0
  elseif failing > known.failing then
    redis.call('HSET', key, 'failing', failing)
    known.failing = failing
  end
  if hold > 0 and now + hold > known.hold then
    known.hold = now + hold
    redis.call('HSET', key, 'hold', string.format('%d', known.hold))
  elseif known.hold > 0 and known.hold <= now then
    redis.call('HDEL', key, 'hold')
    known.hold = 0
  end
end

local function settle(endpoint, delivery, verdict, delay, task, partition, event_ms, attempt)
  if verdict == 'released' then
    redis.call('ZADD', of(endpoint, 'q'), now + delay, delivery)
    return
  end
  record(endpoint, 'log', LOG, verdict == 'retry' and now + delay or 0, attempt)
  if verdict == 'retry' then
    redis.call('HSET', of(endpoint, 't'), delivery, task)
    redis.call('ZADD', of(endpoint, 'q'), now + delay, delivery)
    return
  end
  redis.call('HDEL', of(endpoint, 't'), delivery)
  bury(partition, event_ms, delivery)
  if verdict ~= 'delivered' then record(endpoint, 'dead', DEAD, 0, attempt) end
  if verdict == 'gone' then
    redis.call('HSET', states, endpoint, 'disabled')
    standing(endpoint).rests = true
    changed()
  end
end

local function note(at, count, touched)
  local held = {}
  for i = 1, count do
    local endpoint, delivery, token, verdict, delay, hold, failing, task, partition, event_ms, attempt =
      unpack(ARGV, at, at + 10)
    at = at + 11
    local mine = redis.call('HGET', of(endpoint, 'inflight'), delivery) == token
    held[i] = mine and 1 or 0
    if mine then
      local known = standing(endpoint)
      redis.call('HDEL', of(endpoint, 'inflight'), delivery)
      redis.call('ZREM', leases, endpoint .. '|' .. delivery .. '|' .. token)
      known.in_flight = known.in_flight - 1
      if verdict ~= 'released' then keep_pace(endpoint, tonumber(hold), tonumber(failing)) end
      settle(endpoint, delivery, verdict, tonumber(delay), task, partition, event_ms, attempt)
      touched[endpoint] = true
    end
  end
  return held, at
end
