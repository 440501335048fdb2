-- Writes ledgers of stories, each if nobody has since it was read, and tells what changed in it.
--
--   {pN}:ledger:<story>  HASH  rev; told: JSON; article id -> JSON of its entry
--
-- ARGV: 1 number of ledgers, 2 hash tag, then for each: story id, rev as read, rev of now,
--       lifetime (ms), told, number of fields, number of events;
--       that many names and values (empty: it goes);
--       that many events: article id, version, accepted (ms), trace, reactions (JSON)
-- Returns for each 1, or 0 where another one was first.
local FIELD, EVENT = 2, 5  -- arguments of each

local function keep(kept, at, fields)
  for i = at, at + (fields - 1) * FIELD, FIELD do
    if ARGV[i + 1] == '' then
      redis.call('HDEL', kept, ARGV[i])
    else
      redis.call('HSET', kept, ARGV[i], ARGV[i + 1])
    end
  end
end

local function tell_changes(at, events)
  for i = at, at + (events - 1) * EVENT, EVENT do
    local id, version, accepted, trace, reactions = unpack(ARGV, i, i + EVENT - 1)
    tell('reaction.changed', id, version, accepted, trace, nil, nil, nil, { 'reactions', reactions })
  end
end

local at, written = 3, {}
for i = 1, tonumber(ARGV[1]) do
  local story, before, after, lifetime, told, fields, events = unpack(ARGV, at, at + 6)
  local kept = key('ledger', story)
  local first = at + 7
  at = first + fields * FIELD + events * EVENT
  if (redis.call('HGET', kept, 'rev') or '0') == before then
    keep(kept, first, fields)
    redis.call('HSET', kept, 'rev', after, 'told', told)
    redis.call('PEXPIRE', kept, lifetime)
    tell_changes(first + fields * FIELD, events)
    written[i] = 1
  else
    written[i] = 0
  end
end
return written
