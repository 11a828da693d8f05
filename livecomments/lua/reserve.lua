-- Spends, or gives back, the limits over all streams of one shard of people and addresses.
-- uses: clock windows
--
-- KEYS  1 clock  then one window key per request
-- ARGV  per request: cost (negative: give back), limit, span ms
-- Returns per request: 0 (spent) or the milliseconds to wait (nothing spent).
-- A request may be given back late or never: the limit may over-refuse for its span, never over-admit.
local GRAIN_MS = 100

local clock = clock_open(KEYS[1])
local waits, spent = {}, false
for i = 2, #KEYS do
  local at = (i - 2) * 3
  local cost, limit, span = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local window = window_open(redis.call('GET', KEYS[i]), clock.now, span)
  local wait = 0
  if cost > 0 then wait = window_wait(window, clock.now, cost, limit, span) end
  if cost < 0 then
    local back = -cost
    for slot = #window, 2, -2 do
      local taken = math.min(back, window[slot])
      window[slot] = window[slot] - taken
      back = back - taken
    end
    window_save(KEYS[i], window, span)
    spent = true
  elseif wait == 0 then
    window_spend(window, clock.now, cost, GRAIN_MS)
    window_save(KEYS[i], window, span)
    spent = true
  end
  waits[i - 1] = wait
end
clock_close(clock, spent)
return waits
