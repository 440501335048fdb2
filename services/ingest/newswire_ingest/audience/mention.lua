-- Keeps how a page mentions an article, and tells the counts that this changed, in one step: whoever
-- is killed, what is kept and what was told are the same. What changes nothing is not told again.
--
-- KEYS: 1 {pN}:mentions:<id>  HASH page -> kind; at: when counts of it were last told
--       2 {pN}:audience       STREAM, of the observation that this is
--       3 {pN}:written        as write.lua leaves it
-- ARGV: 1 page, 2 kind, empty where the page does not mention the article, 3 most pages of an
--       article, 4 ms that they are kept after the last change, 5 now: RFC 3339, in UTC, in ms,
--       6 platform, 7 schema, 8 id of the article, 9 trace, 10 '1' to leave a mark of this call even
--       where nothing changes, for a WAIT (write.lua says why)
local mentions, stream, written = unpack(KEYS)
local page, kind, most, lifetime, at = unpack(ARGV)
local was = redis.call('HGET', mentions, page) or ''

if ARGV[10] == '1' then redis.call('SET', written, at) end
if was == kind then return end
if was == '' and redis.call('HLEN', mentions) > tonumber(most) then return end -- `at` is no page

local counts = {}
if was ~= '' then counts[was] = -1 end
if kind ~= '' then counts[kind] = 1 end
for _, one in ipairs(redis.call('HVALS', mentions)) do
  if counts[one] then counts[one] = counts[one] + 1 end
end
-- The newest observation wins, and this is it, whatever the clock of who told the last one said.
local last = redis.call('HGET', mentions, 'at')
if last and last > at then at = last end

-- The entry is added before the page is kept: if memory is out, neither happens.
redis.call('XADD', stream, '*', 'schema', ARGV[7], 'id', ARGV[8], 'trace', ARGV[9],
  'body', cjson.encode({ platform = ARGV[6], observed_at = at, counts = counts }))
redis.call('HSET', mentions, 'at', at)
if kind == '' then redis.call('HDEL', mentions, page) else redis.call('HSET', mentions, page, kind) end
redis.call('PEXPIRE', mentions, lifetime)
