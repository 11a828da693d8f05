-- Creates the state of a room that has none: a new stream, or an old one that only the archive knows.
-- An existing one is left as it is.
--
-- KEYS  1 ready  2 state  3 reaction totals  4 recent
-- ARGV  1 epoch  2 through  3 number of state values, they (field, value)
--       then the number of total values, they (kind, presses), then recent (position, comment)
-- Returns 1 (created or there already), or 0 when the partition is not ready.
if not redis.call('GET', KEYS[1]) then return 0 end
if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'seq', 0, 'staff_seq', 0, 'through', ARGV[2],
  'token', '', 'viewers', 0)
local totals = 5 + tonumber(ARGV[3])
for i = 4, totals - 2, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
local recent = totals + tonumber(ARGV[totals - 1])
for i = totals, recent - 1, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
for i = recent, #ARGV, 2 do redis.call('XADD', KEYS[4], ARGV[i], 'c', ARGV[i + 1]) end
return 1
