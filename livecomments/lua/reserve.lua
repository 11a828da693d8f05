-- Spends, or gives back, the limits over all streams of one shard of people and addresses.
-- uses: clock windows
--
-- KEYS  1 clock  then one window key per request
-- ARGV  1 the requests, packed, each {cost (negative: give back), limit, span ms}
-- Returns per request: 0 (spent) or the milliseconds to wait (nothing spent).
-- A request may be given back late or never: the limit may over-refuse for its span, never over-admit.
local requests = cmsgpack.unpack(ARGV[1])
local clock = clock_open(KEYS[1])
local now = clock.now
local waits, spent = {}, false
for i = 1, #requests do
  local key, cost, limit, span = KEYS[i + 1], unpack(requests[i])
  local window, wait = window_open(redis.call('GET', key), now, span), 0
  if cost < 0 then
    window_give_back(window, -cost)
  else
    wait = window_wait(window, now, cost, limit, span)
    if wait == 0 then window_spend(window, now, cost, window_grain(limit, span)) end
  end
  if wait == 0 then
    window_save(key, window, span)
    spent = true
  end
  waits[i] = wait
end
clock_close(clock, spent)
return waits
