-- The effect of the stage `links`: the links of now, and the story that began with the article.
--
--   {pN}:links:<id>  HASH  body: JSON of related and story; order: of the entry that brought it; said:
--                          what an event would be about; told: ms of the last event about it
--   {pN}:story:<id>  HASH  members: JSON, the earliest first; size: of all of them; merged_into: the
--                          story that they are of now; split_from: that they were of before it began;
--                          version: counts the changes; told: ms of the last event about it. <id> is
--                          the article that began it
--   {pN}:untold      ZSET  links|story:<id> -> ms when an event is to say so
--
-- arguments: article id, order, lifetime (ms), spacing of events (ms), body (empty: its links are what
--            they were), said, story id or empty, size, members (JSON) or empty, split_from or empty,
--            ids of its duplicates (JSON)
-- Returns linked: an event will say so; stored: no event; unchanged; superseded: newer ones are there.
local function await(id, what, spacing, first, told)
  local since = math.max(tonumber(first or 0), tonumber(told or 0))
  local due = whole(math.max(clock_ms(), since + spacing))
  redis.call('ZADD', key('untold'), 'NX', due, what .. ':' .. id)
end

local function begin_story(kept, id, size, members, split_from)
  local had, merged, before = unpack(redis.call('HMGET', kept, 'members', 'merged_into', 'size'))
  if members == '' then  -- alone: no story, unless it has lost the others
    if not had then return false end
    members = cjson.encode({ id })
  end
  if had == members and before == size and not merged then return false end
  redis.call('HDEL', kept, 'merged_into')
  redis.call('HSET', kept, 'members', members, 'size', size)
  if split_from ~= '' then redis.call('HSET', kept, 'split_from', split_from) end
  return true
end

local function end_story(kept, story)
  local had, merged = unpack(redis.call('HMGET', kept, 'members', 'merged_into'))
  if not had or merged == story then return false end
  redis.call('HSET', kept, 'merged_into', story)
  return true
end

local function keep_story(id, lifetime, story, size, members, split_from)
  local kept, changed = key('story', id), false
  if story == id then
    changed = begin_story(kept, id, size, members, split_from)
  elseif story ~= '' then
    changed = end_story(kept, story)
  end
  if changed then
    redis.call('HINCRBY', kept, 'version', 1)
    redis.call('PEXPIRE', kept, lifetime)
  end
  return changed
end

local function keep_duplicates(id, lifetime, others, status, version, trace)
  forget_duplicates(id, others)
  note_duplicates(id, others)
  if status == 'usable' then
    tell_duplicates(id, version, whole(clock_ms()), trace or '')
  else
    redis.call('PEXPIRE', key('duplicates', id), lifetime)
  end
end

local function effect(_, arguments)
  local id, order, lifetime, spacing, body, said, story, size, members, split_from, duplicates =
    unpack(arguments)
  local kept = key('links', id)
  local stored, before, told, newest =
    unpack(redis.call('HMGET', kept, 'body', 'said', 'told', 'order'))
  if newest and tonumber(order) < tonumber(newest) then return 'superseded' end
  local retold = keep_story(id, lifetime, story, size, members, split_from)
  local relinked = body ~= '' and stored ~= body
  redis.call('HSET', kept, 'order', order)
  redis.call('PEXPIRE', kept, lifetime)
  if not relinked and not retold then return 'unchanged' end
  local status, first, version, trace =
    unpack(redis.call('HMGET', key('article', id), 'status', 'first', 'version', 'trace'))
  if relinked then
    redis.call('HSET', kept, 'body', body, 'said', said)
    keep_duplicates(id, lifetime, cjson.decode(duplicates), status, version, trace)
  end
  if status ~= 'usable' then return 'stored' end
  local news = relinked and before ~= said
  if news then await(id, 'links', spacing, first, told) end
  if retold then await(id, 'story', spacing, first, redis.call('HGET', key('story', id), 'told')) end
  return (news or retold) and 'linked' or 'stored'
end
