-- The effect of enrich: the article goes on, and its signature to every worker's related index.
--
-- arguments: 1 id, 2 version, 3 at, 4 created, 5 trace, 6 body, 7 signature (JSON, "gone" or ""),
--            8 milliseconds of the window, beyond which signatures are of no use,
--            9 ids (JSON) whom an earlier version touched, or empty,
--            10 what the article goes on with (revisits/told.py), or empty,
--            11 ms when its embargo ends, or empty: until then nobody is to know its signature
-- Whom it concerns is looked at soon: see revisits/claim.lua, and for embargoes revisits/lift.lua.
local tag = ARGV[2]
local revisits = tag .. ':revisits'

-- Has a version's signature wait for the end of its embargo, a withdrawal for what may come late;
-- any other version ends the wait of those before it.
local function withhold(id, version, signature, ends)
  local withheld = revisits .. ':withheld'
  local known = redis.call('HGET', withheld, id)
  if known and tonumber(string.match(known, '^%d+')) > tonumber(version) then return end
  if ends == '' then
    if not known then return end
    redis.call('HDEL', withheld, id)
    redis.call('ZREM', revisits .. ':embargo', id)
  else
    redis.call('HSET', withheld, id, signature == 'gone' and version or version .. ' ' .. signature)
    redis.call('ZADD', revisits .. ':embargo', ends, id)
  end
end

-- What the article itself tells of its links counts where it is the first to tell. Of another version,
-- or the same one made anew, nobody knows here whether publish shows its links or those that were told
-- of it after the first: the digest goes, so that the next look tells them. Kept for twice the window:
-- a story may go on when its first articles have passed it.
local function note_told(key, version, told, kept)
  local known = redis.call('GET', key)
  if known then
    redis.call('SET', key, (string.gsub(known, '^%["%x*"', '[""')), 'PX', kept)
  elseif version ~= '1' then
    redis.call('SET', key, '["","",[]]', 'PX', kept)
  elseif told ~= '' then
    redis.call('SET', key, told, 'PX', kept)
  end
end

local function announce(a, now)
  local id, window = a[1], a[8]
  redis.call('XADD', tag .. ':signatures', 'MINID', '~', string.format('%.0f', now - window), '*',
             'schema', '1', 'id', id, 'version', a[2], 'body', a[7])
  redis.call('ZADD', revisits, 'LT', string.format('%.0f', now), '+' .. id)
  if a[9] ~= '' then redis.call('HSET', revisits .. ':touched', id, a[9]) end
  note_told(revisits .. ':told:' .. id, a[2], a[10], 2 * window)
end

local function effect(_, a)
  redis.call('XADD', tag .. ':enriched', '*', 'schema', '1', 'id', a[1], 'version', a[2],
             'at', a[3], 'created', a[4], 'trace', a[5], 'body', a[6])
  if a[7] == '' then return 'enriched' end
  local time = redis.call('TIME')
  local now, ends = time[1] * 1000 + math.floor(time[2] / 1000), a[11]
  if a[7] == 'gone' then ends = string.format('%.0f', now + a[8]) end
  withhold(a[1], a[2], a[7], ends)
  if a[11] == '' then announce(a, now) end
  return 'enriched'
end
