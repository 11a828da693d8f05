-- Shared part: a clock that never goes back, and the ids it gives out.
-- TIME may step back (an operator, NTP, a failover); `offset` then grows by the step, so limits are
-- neither stuck nor open and ids go on increasing. Hash fields: real offset ms seq.
local EPOCH_MS = 1767225600000 -- livecomments/ids.py has the same number

local function clock_open(key)
  local time = redis.call('TIME')
  local real = time[1] * 1000 + math.floor(time[2] / 1000)
  local kept = redis.call('HMGET', key, 'real', 'offset', 'ms', 'seq')
  local last = tonumber(kept[1] or real)
  local offset = tonumber(kept[2] or 0)
  local stepped = real < last
  if stepped then
    offset = offset + (last - real)
  end
  return {
    key = key, real = real, offset = offset, now = real + offset, stepped = stepped,
    ms = tonumber(kept[3] or 0), seq = tonumber(kept[4] or 0), gave = false,
  }
end

-- The next log position, as two numbers: a whole id does not fit a Lua number.
local function clock_next(clock)
  local ms = clock.now - EPOCH_MS
  if ms > clock.ms then
    clock.ms, clock.seq = ms, 0
  elseif clock.seq < 4095 then
    clock.seq = clock.seq + 1
  else
    clock.ms, clock.seq = clock.ms + 1, 0
  end
  clock.gave = true
  return clock.ms, clock.seq
end

local function whole(number)
  return string.format('%.0f', number)
end

-- Keeps what was given out. A call that wrote nothing need not write the clock either, unless
-- TIME stepped back: a step that is not remembered would make the clock stand still.
local function clock_close(clock, wrote)
  if clock.gave or clock.stepped or wrote then
    redis.call('HSET', clock.key, 'real', whole(clock.real), 'offset', whole(clock.offset),
      'ms', whole(clock.ms), 'seq', clock.seq)
  end
end
