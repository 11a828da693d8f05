#!lua flags=allow-oom
-- Puts a room back from the archive, in a new epoch: viewers who held the old one reload.
-- uses: fence clock
--
-- KEYS  1 lease  2 state  3 public frames  4 staff frames  5 recent  6 sanctions  7 totals  8 holds
--       9 holding  10 pending reactions  11 delayed  12 unseen
-- ARGV  1 fence  2 stream id  3 number of state values, they (field, value), then groups, each a
--       name, a number of values, they:
--       sanctions (user, ban|until) · totals (kind, n) · holds (position, body) · recent (position, json)
-- Returns 1, or 0 for a stale owner.
if not fenced_in(KEYS[1], ARGV[1]) then return 0 end
local at = 4
local function values()
  local count = tonumber(ARGV[at - 1])
  local from = at
  at = at + count + 2
  return from, count
end

for i = 2, 8 do redis.call('DEL', KEYS[i]) end
redis.call('DEL', KEYS[10], KEYS[11], KEYS[12])
local from, count = values()
for i = from, from + count - 1, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
local targets = { sanctions = KEYS[6], totals = KEYS[7], holds = KEYS[8] }
while ARGV[at - 2] do
  local name = ARGV[at - 2]
  from, count = values()
  for i = from, from + count - 1, 2 do
    if name == 'recent' then
      redis.call('XADD', KEYS[5], ARGV[i], 'c', ARGV[i + 1])
    else
      redis.call('HSET', targets[name], ARGV[i], ARGV[i + 1])
    end
    if name == 'holds' then
      local ms = string.match(ARGV[i], '^(%d+)')
      redis.call('ZADD', KEYS[9], tonumber(ms) + EPOCH_MS, ARGV[2] .. '|' .. ARGV[i])
    end
  end
end
return 1
