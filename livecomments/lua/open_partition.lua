#!lua flags=allow-oom
-- Ends a restore: ids go on above everything the archive has, and admission may begin.
-- uses: fence clock
--
-- KEYS  1 lease  2 clock  3 ready  4 cursor
-- ARGV  1 fence  2 ms of the highest known position  3 its seq  4 cursor: the archive's, and so the
--       marker: the position that a log begins after that does not hold it
-- Returns 1, or 0 for a stale owner.
if not fenced_in(KEYS[1], ARGV[1]) then return 0 end
local clock = clock_open(KEYS[2])
local ms, seq = tonumber(ARGV[2]), tonumber(ARGV[3])
-- TIME is behind what was given out: a step back that an emptied Redis has forgotten, or another
-- machine's clock. Ours would stand still until TIME is there, giving out again what was acknowledged
-- last and lost. It goes on from a little above instead.
local BEYOND_MS = 5000
if ms + EPOCH_MS > clock.now then clock.offset = clock.offset + ms + EPOCH_MS + BEYOND_MS - clock.now end
if clock.ms < ms then
  clock.ms, clock.seq = ms, seq
elseif clock.ms == ms then
  clock.seq = math.max(clock.seq, seq)
end
clock_close(clock, true)
redis.call('SET', KEYS[4], ARGV[4])
redis.call('SET', KEYS[3], ARGV[4])
return 1
