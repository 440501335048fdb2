-- The effect of enrich: the article goes on, and its signature to every worker's related index.
--
-- arguments: 1 id, 2 version, 3 at, 4 created, 5 trace, 6 body, 7 signature (JSON, "gone" or ""),
--            8 milliseconds before which signatures are of no use,
--            9 ids (JSON) whom an earlier version touched, or empty, 10 links that it goes on with
-- Whom it touches is looked at soon: see revisits/claim.lua.
local tag = ARGV[2]
local function effect(_, a)
  redis.call('XADD', tag .. ':enriched', '*', 'schema', '1', 'id', a[1], 'version', a[2],
             'at', a[3], 'created', a[4], 'trace', a[5], 'body', a[6])
  if a[7] ~= '' then
    redis.call('XADD', tag .. ':signatures', 'MINID', '~', a[8], '*',
               'schema', '1', 'id', a[1], 'version', a[2], 'body', a[7])
    local revisits, time = tag .. ':revisits', redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call('ZADD', revisits, 'LT', string.format('%.0f', now), '+' .. a[1])
    if a[9] ~= '' then redis.call('HSET', revisits .. ':touched', a[1], a[9]) end
    if a[10] ~= '' then redis.call('HSET', revisits .. ':sent', a[1], a[10]) end
  end
  return 'enriched'
end
