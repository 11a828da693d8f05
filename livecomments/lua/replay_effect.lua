#!lua flags=allow-oom
-- Applies to admission's half of a room what an event of the log changed there (lua/append.lua).
-- uses: fence clock
--
-- KEYS  1 lease  2 state  3 sanctions  4 holds  5 holding
-- ARGV  1 fence  2 stream id, then operations, each an operator and its two operands:
--       set FIELD VALUE | unset FIELD - | sanction USER ban|Unix ms | lift USER - | take POSITION - | hold POSITION BODY
-- Returns 1, or 0 for a stale owner.
if not fenced_in(KEYS[1], ARGV[1]) then return 0 end
for i = 3, #ARGV, 3 do
  local operator, key, value = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local member = ARGV[2] .. '|' .. key
  if operator == 'set' then
    redis.call('HSET', KEYS[2], key, value)
  elseif operator == 'unset' then
    redis.call('HDEL', KEYS[2], key)
  elseif operator == 'sanction' then
    redis.call('HSET', KEYS[3], key, value)
  elseif operator == 'lift' then
    redis.call('HDEL', KEYS[3], key)
  elseif operator == 'take' then
    redis.call('HDEL', KEYS[4], key)
    redis.call('ZREM', KEYS[5], member)
  elseif operator == 'hold' then
    redis.call('HSET', KEYS[4], key, value)
    redis.call('ZADD', KEYS[5], tonumber(string.match(key, '^(%d+)')) + EPOCH_MS, member)
  end
end
return 1
