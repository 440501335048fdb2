-- Put before the scripts of polling, behind their keys.lua: what polls have to do with hubs.
-- keys.lua of this folder says what the keys are.
local MISSED = 3 -- as in following.py

local function followed(id)
  return tag .. ':websub:of:' .. id
end

-- The source is gone, or is another feed: what it had with hubs is to be ended.
local function unfollow(id)
  redis.call('HDEL', source(id), 'push')
  if redis.call('EXISTS', followed(id)) == 0 then return end
  redis.call('HINCRBY', followed(id), 'void', 1)
  redis.call('ZADD', tag .. ':websub:due', 0, id)
end

-- ms until the next poll of a source which without a hub would be polled after `delay`, and with one
-- it trusts after `slow` (0: not later for that). A poll that finds what the hub has not brought ends
-- the trust until the hub brings something.
local function beside_hub(id, now, delay, slow, created)
  local push = tonumber(redis.call('HGET', source(id), 'push') or 0)
  local awaited = redis.call('HDEL', followed(id), 'awaited') == 1
  if push <= now or awaited then return delay end
  if created > 0 then
    redis.call('HDEL', source(id), 'push')
    if redis.call('HINCRBY', followed(id), 'missed', 1) == MISSED then
      redis.call('ZADD', tag .. ':websub:due', now, id)
    end
    return delay
  end
  return math.max(delay, math.min(slow, push - now))
end
