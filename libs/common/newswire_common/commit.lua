-- Whoever takes an entry first has its effect: the one gate of every stage.
--
-- The stage's own `local function effect(id, arguments)` stands before this text.
-- KEYS: 1 the stage's stream, 2 its dead letters (one slot; the effect's keys carry the same tag)
-- ARGV: 1 group, 2 hash tag, 3 gate, 4 number of results, 5 arguments of each,
--       then for each result: entry id, arguments …
-- The gate is XACK of the entry, or for a gate "retried" XDEL of the dead letter with that id.
-- Returns for each result what the effect returned, or "dropped" where somebody else was first.
local group, retried = ARGV[1], ARGV[3] == 'retried'
local count, width, at, outcomes = tonumber(ARGV[4]), tonumber(ARGV[5]), 6, {}
for i = 1, count do
  local id, arguments, taken = ARGV[at], {}, nil
  for j = 1, width do arguments[j] = ARGV[at + j] end
  at = at + 1 + width
  if retried then
    taken = redis.call('XDEL', KEYS[2], id)
  else
    taken = redis.call('XACK', KEYS[1], group, id)
  end
  outcomes[i] = taken == 1 and effect(id, arguments) or 'dropped'
end
return outcomes
