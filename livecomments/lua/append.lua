-- Appends one event to the log and changes the room state that admission reads, atomically.
-- uses: clock
--
-- KEYS  1 log  2 clock  3 ready  4 state  5 sanctions  6 holds  7 holding
-- ARGV  1 stream id  2 kind  3 body, then operations, each an operator and its two operands:
--       set FIELD VALUE            a field of the room state
--       sanction USER MS|ban       a time-out that long from now, or a ban
--       lift USER -                ends it; refused with `not_found` when there is none
--       take POSITION -            the held comment of that position; `not_found` when it is gone
-- Returns {'ok', position} or {error code, retry after ms}. Nothing is changed on a refusal.
if not redis.call('GET', KEYS[3]) then return { 'busy', 1000 } end
if redis.call('EXISTS', KEYS[4]) == 0 then return { 'unknown_stream', -1 } end
for i = 4, #ARGV, 3 do
  if ARGV[i] == 'take' and redis.call('HEXISTS', KEYS[6], ARGV[i + 1]) == 0 then
    return { 'not_found', -1 }
  end
  if ARGV[i] == 'lift' and redis.call('HEXISTS', KEYS[5], ARGV[i + 1]) == 0 then
    return { 'not_found', -1 }
  end
end

local clock = clock_open(KEYS[2])
local ms, seq = clock_next(clock)
local position = whole(ms) .. '-' .. seq
redis.call('XADD', KEYS[1], position, 's', ARGV[1], 'k', ARGV[2], 'e', ARGV[3])
for i = 4, #ARGV, 3 do
  local operator, key, value = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if operator == 'set' then
    redis.call('HSET', KEYS[4], key, value)
  elseif operator == 'sanction' then
    -- The event's own time, so that every reader computes the same end.
    if value ~= 'ban' then value = whole(EPOCH_MS + ms + tonumber(value)) end
    redis.call('HSET', KEYS[5], key, value)
  elseif operator == 'lift' then
    redis.call('HDEL', KEYS[5], key)
  elseif operator == 'take' then
    redis.call('HDEL', KEYS[6], key)
    redis.call('ZREM', KEYS[7], ARGV[1] .. '|' .. key)
  end
end
clock_close(clock, true)
return { 'ok', position }
