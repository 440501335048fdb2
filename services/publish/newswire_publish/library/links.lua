-- The effect of the stage `links`: the links of now, and the story that began with the article.
--
--   {pN}:links:<id>  HASH  body: JSON of related and story; said: what an event would be about;
--                          told: ms of the last event about it
--   {pN}:story:<id>  HASH  members: JSON, the earliest first; merged: the story that it is now part
--                          of; version: counts the changes. <id> is the article that began it
--   {pN}:untold      ZSET  links|story:<id> -> ms when an event is to say so
--
-- arguments: article id, lifetime (ms), spacing of events (ms), body, said, story id or empty,
--            members (JSON) or empty
-- Returns linked: an event will say so; stored: no event; unchanged.
local function await(id, what, after)
  redis.call('ZADD', key('untold'), 'NX', after, what .. ':' .. id)
end

local function keep_story(id, story, members, lifetime)
  local kept = key('story', id)
  local had, merged = unpack(redis.call('HMGET', kept, 'members', 'merged'))
  if members ~= '' then
    if had == members and not merged then return false end
    redis.call('HDEL', kept, 'merged')
    redis.call('HSET', kept, 'members', members)
  elseif had and story ~= '' and merged ~= story then
    redis.call('HSET', kept, 'merged', story)
  else
    return false
  end
  redis.call('HINCRBY', kept, 'version', 1)
  redis.call('PEXPIRE', kept, lifetime)
  return true
end

local function effect(_, arguments)
  local id, lifetime, spacing, body, said, story, members = unpack(arguments)
  local kept = key('links', id)
  local stored, before, told = unpack(redis.call('HMGET', kept, 'body', 'said', 'told'))
  local retold = keep_story(id, story, members, lifetime)
  if stored == body and not retold then return 'unchanged' end
  redis.call('HSET', kept, 'body', body, 'said', said)
  redis.call('PEXPIRE', kept, lifetime)
  local status, first = unpack(redis.call('HMGET', key('article', id), 'status', 'first'))
  if status ~= 'usable' then return 'stored' end
  local since = math.max(tonumber(first or 0), tonumber(told or 0))
  local after = whole(math.max(clock_ms(), since + spacing))
  if before ~= said then await(id, 'links', after) end
  if retold then await(id, 'story', after) end
  return (before ~= said or retold) and 'linked' or 'stored'
end
