-- The effect of enrich: the article goes on, and its signature to every worker's related index.
--
-- arguments: 1 id, 2 version, 3 at, 4 created, 5 trace, 6 body, 7 signature (JSON, "gone" or ""),
--            8 milliseconds before which signatures are of no use
local tag = ARGV[2]
local function effect(_, a)
  redis.call('XADD', tag .. ':enriched', '*', 'schema', '1', 'id', a[1], 'version', a[2],
             'at', a[3], 'created', a[4], 'trace', a[5], 'body', a[6])
  if a[7] ~= '' then
    redis.call('XADD', tag .. ':signatures', 'MINID', '~', a[8], '*',
               'schema', '1', 'id', a[1], 'version', a[2], 'body', a[7])
  end
  return 'enriched'
end
