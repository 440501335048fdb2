-- Whoever takes an entry first has its effect: the one gate of every stage.
--
-- The stage's own `local function effect(id, arguments)` stands before this text.
-- KEYS: 1 the stage's stream, 2 its dead letters (one slot; the effect's keys carry the same tag)
-- ARGV: 1 group, 2 hash tag, 3 gate, 4 number of results, 5 arguments of each,
--       then for each result: entry id, arguments …
-- The gate is XACK of the entry, or for a gate "retried" XDEL of the dead letter with that id.
-- Returns for each result what the effect returned, "dropped" where somebody else was first, or
-- "dead" where the effect raised: a script is not rolled back, so the entry that has passed the
-- gate becomes a dead letter here and now, or it would be lost.
local group, retried = ARGV[1], ARGV[3] == 'retried'
local count, width, at, outcomes = tonumber(ARGV[4]), tonumber(ARGV[5]), 6, {}

local function pass(id)
  if not retried then return redis.call('XACK', KEYS[1], group, id) == 1 end
  local letter = redis.call('XRANGE', KEYS[2], id, id)[1]
  return redis.call('XDEL', KEYS[2], id) == 1, letter and letter[2]
end

local function bury(id, letter, reason)
  if not letter then
    local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
    letter = { 'entry', id, 'error', reason }
    for i, text in ipairs(entry and entry[2] or {}) do
      letter[#letter + 1] = i % 2 == 1 and 'field.' .. text or text
    end
  end
  redis.call('XADD', KEYS[2], '*', unpack(letter))
  return 'dead'
end

for i = 1, count do
  local id, arguments = ARGV[at], {}
  for j = 1, width do arguments[j] = ARGV[at + j] end
  at = at + 1 + width
  local passed, letter = pass(id)
  if passed then
    local worked, outcome = pcall(effect, id, arguments)
    if not worked then
      outcome = bury(id, letter, type(outcome) == 'table' and outcome.err or tostring(outcome))
    end
    outcomes[i] = outcome
  else
    outcomes[i] = 'dropped'
  end
end
return outcomes
