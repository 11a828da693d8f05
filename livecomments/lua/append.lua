-- Appends one event to the log and changes the room state that admission reads, atomically.
-- uses: clock
--
-- KEYS  1 log  2 clock  3 ready  4 state  5 sanctions  6 holds  7 holding
--       8 what is noted of one comment or action: weights by reporter, and what happens only once
-- ARGV  1 stream id  2 kind  3 body, then operations, each an operator and its two operands.
--       Conditions, all checked before anything is changed:
--       expect FIELD VALUE         the room state has this (nothing counts as 0); else `conflict`
--       protect USER ROLES         the person has none of these roles here; else `protected`
--       unless NAME -              this is not noted; else `conflict`
--       under USER MS|ban          this is the person's sanction; else `conflict`
--       Changes:
--       set FIELD VALUE            a field of the room state
--       unset FIELD -              none
--       mark FIELD -               a field of the room state: this event's position
--       sanction USER MS|ban       a time-out that long from now, or a ban
--       lift USER -                ends it; refused with `not_found` when there is none
--       take POSITION -            the held comment of that position; `not_found` when it is gone
--       wait - -                   the body waits for a moderator, under this event's position
--       report USER WEIGHT         counts a report; `conflict` when this person has reported it
--       once NAME -                notes this; `conflict` when it is noted
--       forget NAME -              what was noted may happen again
--       settle - -                 the reports that were counted weigh nothing any more
-- Returns {'ok', position} or {error code, retry after ms}. Nothing is changed on a refusal.
local NOTED_SECONDS = 7 * 24 * 60 * 60

if not redis.call('GET', KEYS[3]) then return { 'busy', 1000 } end
if redis.call('EXISTS', KEYS[4]) == 0 then return { 'unknown_stream', -1 } end

local function has_role(user, roles)
  local role = redis.call('HGET', KEYS[4], 'staff:' .. user)
  return role and string.find(' ' .. roles .. ' ', ' ' .. role .. ' ', 1, true) ~= nil
end

local function is_noted(name) return redis.call('HEXISTS', KEYS[8], name) == 1 and 'conflict' end

local function note(name, value)
  redis.call('HSET', KEYS[8], name, value)
  redis.call('EXPIRE', KEYS[8], NOTED_SECONDS)
end

local refusals = {
  expect = function(field, value)
    return (redis.call('HGET', KEYS[4], field) or '0') ~= value and 'conflict'
  end,
  protect = function(user, roles) return has_role(user, roles) and 'protected' end,
  take = function(position) return redis.call('HEXISTS', KEYS[6], position) == 0 and 'not_found' end,
  under = function(user, sanction)
    return redis.call('HGET', KEYS[5], user) ~= sanction and 'conflict'
  end,
  lift = function(user) return redis.call('HEXISTS', KEYS[5], user) == 0 and 'not_found' end,
  report = is_noted,
  once = is_noted,
  unless = is_noted,
}
for i = 4, #ARGV, 3 do
  local refusal = refusals[ARGV[i]]
  local code = refusal and refusal(ARGV[i + 1], ARGV[i + 2])
  if code then return { code, -1 } end
end

local clock = clock_open(KEYS[2])
local ms, seq = clock_next(clock)
local position = whole(ms) .. '-' .. seq

local changes = {
  set = function(field, value) redis.call('HSET', KEYS[4], field, value) end,
  unset = function(field) redis.call('HDEL', KEYS[4], field) end,
  mark = function(field) redis.call('HSET', KEYS[4], field, position) end,
  sanction = function(user, length)
    -- The event's own time, so that every reader computes the same end.
    if length ~= 'ban' then length = whole(EPOCH_MS + ms + tonumber(length)) end
    redis.call('HSET', KEYS[5], user, length)
  end,
  lift = function(user) redis.call('HDEL', KEYS[5], user) end,
  take = function(taken)
    redis.call('HDEL', KEYS[6], taken)
    redis.call('ZREM', KEYS[7], ARGV[1] .. '|' .. taken)
  end,
  wait = function()
    redis.call('HSET', KEYS[6], position, ARGV[3])
    redis.call('ZADD', KEYS[7], EPOCH_MS + ms, ARGV[1] .. '|' .. position)
  end,
  report = note,
  once = function(name) note(name, 0) end,
  forget = function(name) redis.call('HDEL', KEYS[8], name) end,
  settle = function()
    for _, name in ipairs(redis.call('HKEYS', KEYS[8])) do
      if string.match(name, '^%d+$') then redis.call('HSET', KEYS[8], name, 0) end
    end
  end,
}
redis.call('XADD', KEYS[1], position, 's', ARGV[1], 'k', ARGV[2], 'e', ARGV[3])
for i = 4, #ARGV, 3 do
  local change = changes[ARGV[i]]
  if change then change(ARGV[i + 1], ARGV[i + 2]) end
end
clock_close(clock, true)
return { 'ok', position }
