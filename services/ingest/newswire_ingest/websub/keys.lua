-- Put before every script of this folder, behind that of sources: what sources have with their hubs,
-- in the sources' slot.
--
--   {sources}:websub:due           ZSET id -> ms when it is next to be looked at
--   {sources}:websub:callbacks     HASH token -> id
--   {sources}:websub:state:<state> SET of ids, for the gauge
--   {sources}:websub:of:<id>       HASH following: JSON; state;
--                                  void: set when polling has no more use for it (polls.lua);
--                                  missed: polls in a row that found what the hub had not brought;
--                                  awaited: the next poll is of the hub's own making
--   {sources}:source:<id>          polling's; of it: push, ms until when the hub is trusted;
--                                  poll, seen
--
-- KEYS: 1 {sources}:websub:due. All others are made from the tag and so are in the same slot.
-- ARGV: 1 tag; a script's own arguments start at 2.
local due = KEYS[1]
local callbacks = tag .. ':websub:callbacks'

local function followed(id)
  return tag .. ':websub:of:' .. id
end

local function members(state)
  return tag .. ':websub:state:' .. state
end

-- id, whether there is such a source, missed, void, following
local function row(id)
  local missed, void, following =
    unpack(redis.call('HMGET', followed(id), 'missed', 'void', 'following'))
  return { id, redis.call('EXISTS', source(id)), missed or '0', void or '', following or '' }
end
