-- Articles as they are now, each under a ticket: of two looks the one with the higher saw it later.
--
--   {pN}:reactions:<id>  HASH  ticket: of the newest look; committed: of the look that was told of;
--                              memory: JSON of what subscribers know; placed: JSON, the stories in
--                              whose ledgers the article may be
--
-- ARGV: 1 lifetime (ms), 2 hash tag, then article ids
-- Returns for each: nothing where there is no such article, or none that was ever seen; else ticket,
-- status, version, first, at, accepted, trace, memory, placed, links, and for each version that
-- readers have seen since the one in memory: its number, ms, document. The newest is the last.
local MOST_VERSIONS = 5  -- read at once
local SEEN = { published = true, updated = true, corrected = true }

-- The clock keeps it growing where the server has lost its last writes.
local function ticket_after(last)
  local time = redis.call('TIME')
  return whole(math.max(tonumber(last or 0) + 1, time[1] * 1000000 + time[2]))
end

local function add_versions(found, document, version, history, memory)
  local known, fresh = memory and cjson.decode(memory).version or 0, {}
  for _, step in ipairs(cjson.decode(history)) do
    local number, outcome = tonumber(step[1]), step[2]
    if SEEN[outcome] and (number > known or number == tonumber(version)) then
      fresh[#fresh + 1] = step
    end
  end
  for i = math.max(1, #fresh - MOST_VERSIONS + 1), #fresh do
    local number = fresh[i][1]
    found[#found + 1] = number
    found[#found + 1] = fresh[i][3]
    found[#found + 1] = redis.call('HGET', document, 'v' .. number) or ''
  end
end

local function look(id)
  local document, kept = key('article', id), key('reactions', id)
  local version, status, first, at, accepted, trace, history = unpack(redis.call(
    'HMGET', document, 'version', 'status', 'first', 'at', 'accepted', 'trace', 'history'))
  if not version or not first then return false end
  local last, memory, placed = unpack(redis.call('HMGET', kept, 'ticket', 'memory', 'placed'))
  local ticket = ticket_after(last)
  redis.call('HSET', kept, 'ticket', ticket)
  redis.call('PEXPIRE', kept, ARGV[1])
  local links = redis.call('HGET', key('links', id), 'body') or ''
  local found = {
    ticket, status, version, first, at, accepted, trace or '', memory or '', placed or '', links,
  }
  if status == 'usable' then add_versions(found, document, version, history, memory) end
  return found
end

local looks = {}
for i = 3, #ARGV do looks[#looks + 1] = look(ARGV[i]) end
return looks
