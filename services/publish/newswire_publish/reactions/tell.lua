-- The effect of the stage `reactions`: tells what became of an article's reactions.
--
-- arguments: article id (empty: the event is about none), ticket, version, accepted (ms), trace,
--            lifetime (ms), memory (JSON), stories that it has left (JSON)
-- Returns told; unchanged; passed; superseded: a later look at the article was told of, or it was
--         withdrawn meanwhile, and the event of that is still to come.
local MOST_TOLD = 50

local function told_in(memory)
  local told = memory and cjson.decode(memory).told or {}
  local by_id = {}
  for _, one in ipairs(told) do by_id[one.id] = one end
  return told, by_id
end

local function added(one, other)
  return not other and { id = one.id, act = one.act, stance = one.stance }
end

local function retracted(one, other)
  return not other and { id = one.id }
end

local function changed_of(id)
  return function(one, other)
    return other and other.mark ~= one.mark and {
      id = one.id, act = one.act, stance = one.stance,
      was = { id = other.id, article = id, act = other.act, stance = other.stance },
    }
  end
end

-- One event about all of a kind; of a great many the first are named, and how many there are.
local function tell_of(kind, reactions, others, news, article)
  local named, total = {}, 0
  for _, one in ipairs(reactions) do
    local change = news(one, others[one.id])
    if change then
      total = total + 1
      if total <= MOST_TOLD then named[total] = change end
    end
  end
  if total == 0 then return false end
  tell('reaction.' .. kind, article.id, article.version, article.accepted, article.trace, nil, nil, nil,
    { 'reactions', cjson.encode({ changes = named, total = total }) })
  return true
end

local function forget_stories(kept, ticket, left)
  local looked, placed = unpack(redis.call('HMGET', kept, 'ticket', 'placed'))
  if looked ~= ticket or not placed then return end  -- who has looked since will see to it
  local gone, stay = {}, {}
  for _, story in ipairs(cjson.decode(left)) do gone[story] = true end
  for _, story in ipairs(cjson.decode(placed)) do
    if not gone[story] then stay[#stay + 1] = story end
  end
  redis.call('HSET', kept, 'placed', #stay > 0 and cjson.encode(stay) or '[]')
end

local function effect(_, arguments)
  local id, ticket, version, accepted, trace, lifetime, memory, left = unpack(arguments)
  if id == '' then return 'passed' end
  local kept = key('reactions', id)
  local committed, before = unpack(redis.call('HMGET', kept, 'committed', 'memory'))
  if committed and tonumber(ticket) <= tonumber(committed) then return 'superseded' end
  local article = { id = id, version = version, accepted = accepted, trace = trace }
  local was, was_by_id = told_in(before)
  local now, now_by_id = told_in(memory)
  if #now > 0 and redis.call('HGET', key('article', id), 'status') ~= 'usable' then
    return 'superseded'
  end
  local more = tell_of('added', now, was_by_id, added, article)
  local other = tell_of('changed', now, was_by_id, changed_of(id), article)
  local less = tell_of('retracted', was, now_by_id, retracted, article)
  redis.call('HSET', kept, 'committed', ticket, 'memory', memory)
  forget_stories(kept, ticket, left)
  redis.call('PEXPIRE', kept, lifetime)
  return (more or other or less) and 'told' or 'unchanged'
end
