-- The effect of the stage `audience`: the newest count of each kind, whatever the order of arrival.
--
-- arguments: article id, lifetime (ms), trace, comments ("1", "0" or ""),
--            counts (JSON: kind -> the text to keep: {"at": ms, "count": Count})
-- Returns updated: an event says so; stored: kept for an article that is not to be seen now;
--         unchanged: no count differs from what was known, or what was known is newer.
local function differs(one, other)
  return one.value ~= other.value or one.platform ~= other.platform
end

local function effect(_, arguments)
  local id, lifetime, trace, comments, counts = unpack(arguments)
  local audience, changed = key('audience', id), false
  for kind, text in pairs(cjson.decode(counts)) do
    local stored = redis.call('HGET', audience, kind)
    local known, seen = stored and cjson.decode(stored), cjson.decode(text)
    if not known or known.at <= seen.at then
      redis.call('HSET', audience, kind, text)
      changed = changed or not known or differs(known.count, seen.count)
    end
  end
  if comments ~= '' and redis.call('HGET', audience, 'comments_open') ~= comments then
    redis.call('HSET', audience, 'comments_open', comments)
    changed = true
  end
  redis.call('PEXPIRE', audience, lifetime)
  if not changed then return 'unchanged' end
  local version, status = unpack(redis.call('HMGET', key('article', id), 'version', 'status'))
  if status ~= 'usable' then return 'stored' end
  tell('audience.updated', id, version, whole(clock_ms()), trace)
  return 'updated'
end
