-- Tells of links and stories that changed, where that is due by the server's clock.
--
-- ARGV: 1 how many at the most, 2 hash tag
-- Returns how many were due. Nothing is told of an article that may not be seen (any more).
local function tell_story(id, version, trace, now)
  local kept = key('story', id)
  local count, size, merged_into, split_from =
    unpack(redis.call('HMGET', kept, 'version', 'size', 'merged_into', 'split_from'))
  if not count then return end  -- past the retention
  local story = {
    id = id, version = tonumber(count), size = tonumber(size),
    merged_into = merged_into or nil, split_from = split_from or nil,
  }
  tell('story.updated', id, version, whole(now), trace, nil, nil, nil,
    { 'story', cjson.encode(story) })
  redis.call('HSET', kept, 'told', whole(now))
end

local now = clock_ms()
local due = redis.call('ZRANGEBYSCORE', key('untold'), '-inf', whole(now), 'LIMIT', 0, ARGV[1])
for _, member in ipairs(due) do
  local what, id = string.match(member, '^(%a+):(.+)$')
  local document = key('article', id)
  local version, status, feeds, trace =
    unpack(redis.call('HMGET', document, 'version', 'status', 'feeds', 'trace'))
  redis.call('ZREM', key('untold'), member)
  if status == 'usable' then
    if what == 'story' then
      tell_story(id, version, trace, now)
    else
      local count = redis.call('HINCRBY', document, 'links', 1)
      local event = tell('article.updated', id, version, whole(now), trace, nil, count)
      -- It keeps its place in the feeds: the article itself is not news again.
      for _, name in ipairs(cjson.decode(feeds)) do
        redis.call('HSET', key('feeds'), name, event)
      end
      redis.call('HSET', key('links', id), 'told', whole(now))
    end
  end
end
return #due
