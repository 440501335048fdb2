-- Tells of links and stories that changed, where that is due by the server's clock.
--
-- ARGV: 1 how many at the most, 2 hash tag
-- Returns how many were due. Nothing is told of an article that may not be seen (any more).
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
      tell('story.updated', id, version, whole(now), trace)
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
