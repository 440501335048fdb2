-- Which articles an article duplicates, and what was told of it: each pair once, for as long as it
-- is kept, whatever becomes of its links.
--
--   {pN}:duplicates:<id>  HASH  id of the other -> told, or due: as soon as the article may be seen
local MOST_DUPLICATES = 500

local function note_duplicates(id, others)
  local kept = key('duplicates', id)
  for _, other in ipairs(others) do
    if redis.call('HLEN', kept) >= MOST_DUPLICATES then return end
    redis.call('HSETNX', kept, other, 'due')
  end
end

-- All but these are duplicates no more: what is due of them will not be told.
local function forget_duplicates(id, others)
  local kept, known = key('duplicates', id), {}
  for _, other in ipairs(others) do known[other] = true end
  local all = redis.call('HGETALL', kept)
  for i = 1, #all, 2 do
    if all[i + 1] == 'due' and not known[all[i]] then redis.call('HDEL', kept, all[i]) end
  end
end

local function tell_duplicates(id, version, accepted, trace)
  local kept, due = key('duplicates', id), {}
  local all = redis.call('HGETALL', kept)
  if #all == 0 then return end
  for i = 1, #all, 2 do
    if all[i + 1] == 'due' then due[#due + 1] = all[i] end
  end
  table.sort(due)
  for _, other in ipairs(due) do
    tell('article.duplicate_linked', id, version, accepted, trace, nil, nil, nil,
      { 'duplicate_of', other })
    redis.call('HSET', kept, other, 'told')
  end
  redis.call('PERSIST', kept)  -- from now on it goes with the article
end
