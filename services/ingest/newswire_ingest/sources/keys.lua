-- Put before every script over sources: what all of them have in common. Their keys are made from the
-- tag, and so are in one slot.
--
-- ARGV: 1 tag
local tag = ARGV[1]

-- ms since the Unix epoch
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- HASH of a source; ../polling/keys.lua says what is in it.
local function source(id)
  return tag .. ':source:' .. id
end
