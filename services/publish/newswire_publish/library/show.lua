-- What publish, release and retire have in common: how an article comes into sight.
-- Every key is of the one partition whose hash tag is ARGV[2], so all are in one slot.
--
--   {pN}:article:<id>  HASH  version, status, feeds, first, at, embargo, accepted, trace, history, v<N>;
--                            links, enrichment: how often an event said that its links, or its
--                            enrichment alone, had changed
--   {pN}:feed:<name>   ZSET  article id -> ms of its last event
--   {pN}:feeds         HASH  feed name -> the last change of the feed: an event id, or a retirement
--   {pN}:embargo       ZSET  article id -> ms when it may be shown
--   {pN}:unlisted      ZSET  article id -> ms of storing, where no feed has ever had it
--   {pN}:events        stream
local function key(kind, name)
  return ARGV[2] .. ':' .. kind .. (name and ':' .. name or '')
end

local function clock_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Numbers leave Lua as text here: its own form of a large one is 1.7e+12.
local function whole(number)
  return string.format('%.0f', number)
end

-- Writes an event; answers its entry id and the milliseconds in it.
local function tell(kind, id, version, accepted, trace, revision, links, enrichment, more)
  local fields = { 'schema', '1', 'type', kind, 'id', id, 'version', version, 'at', accepted }
  if trace ~= '' then
    fields[#fields + 1] = 'trace'
    fields[#fields + 1] = trace
  end
  if revision and revision ~= '' then
    fields[#fields + 1] = 'revision'
    fields[#fields + 1] = revision
  end
  if links then
    fields[#fields + 1] = 'links'
    fields[#fields + 1] = links
  end
  if enrichment then
    fields[#fields + 1] = 'enrichment'
    fields[#fields + 1] = enrichment
  end
  for _, value in ipairs(more or {}) do fields[#fields + 1] = value end
  local event = redis.call('XADD', key('events'), '*', unpack(fields))
  return event, string.match(event, '%d+')
end

local function enter(id, names, event)
  local ms = string.match(event, '%d+')
  for _, name in ipairs(names) do
    redis.call('ZADD', key('feed', name), ms, id)
    redis.call('HSET', key('feeds'), name, event)
  end
end

-- Takes an article out of the feeds; the change is noted in those that still have others.
local function leave(id, names, change)
  for _, name in ipairs(names) do
    redis.call('ZREM', key('feed', name), id)
    if redis.call('EXISTS', key('feed', name)) == 1 then
      redis.call('HSET', key('feeds'), name, change)
    else
      redis.call('HDEL', key('feeds'), name)
    end
  end
end
